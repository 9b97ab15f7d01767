"""What was measured on: the machine, the versions, the commit, the date."""
import datetime
import os
import pathlib
import re
import subprocess

PACKAGES = {"RabbitMQ": "rabbitmq-server", "PostgreSQL": "postgresql-15", "libvirt": "libvirt-daemon", "QEMU": "qemu-system-x86",
            "virt-clone": "virtinst", "virt-sysprep": "guestfs-tools"}


def said(*words):
    try:
        return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def about(state, root):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory_kb = int(re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1))
    java = pathlib.Path(os.environ.get("JAVA_HOME", "/usr")) / "bin" / "java"
    system = re.search(r'PRETTY_NAME="(.*)"', pathlib.Path("/etc/os-release").read_text())
    versions = [f"{name} {package(name)}" for name in PACKAGES]
    accelerator = "KVM" if (state / "accelerator").read_text().strip() == "kvm" else "QEMU, without KVM"
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": said("git", "-C", str(root), "-c", f"safe.directory={root}", "describe", "--always", "--dirty"),
        "machine": f"{os.cpu_count()} cores ({cpu.group(1) if cpu else 'unknown'}), {memory_kb / 1048576:.0f} GiB",
        "system": f"{system.group(1) if system else 'unknown'}, kernel {os.uname().release}",
        "images": f"{said('stat', '-f', '-c', '%T', str(state / 'images'))}; guests run with {accelerator}",
        "versions": ", ".join([*versions, said(str(java), "-version").splitlines()[0]]),
    }


def package(name):
    """Debian's version without its revision."""
    version = said("dpkg-query", "-W", "-f", "${Version}", PACKAGES[name])
    return re.sub(r"^\d+:|[-+~].*$", "", version)
