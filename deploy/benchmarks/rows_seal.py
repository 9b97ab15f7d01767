"""A seal beside the tools that it consists of, run by hand."""
import re
import subprocess
import time

import meter
from checker import Wrong, sha256
from lab import DEPLOY

SOURCES = DEPLOY.parent / "src" / "main"
UNIT = "cetak-first-boot.service"


def seal(bench):
    """One seal, and by hand its two passes of virt-sysprep and its copy."""
    base = bench.base()
    counter = iter(range(1, 1000))
    bench.in_turns("seal", {
        "by hand": lambda: by_hand(bench, base),
        "Cetak": lambda: by_cetak(bench, base, f"sealed-again-{next(counter)}"),
    }, rounds=bench.size(min(bench.rounds, 5), 1))


def by_cetak(bench, base, name):
    before = sha256(bench.lab.state / "golden" / "base.qcow2")
    command = {"command": "sysprep", "id": f"{bench.tag}-{name}", "domain": base.name, "template": name, "source": "keep"}
    spent = meter.Meter(bench.lab)
    began = time.perf_counter()
    bench.commands.send(command)
    [(ended, event)] = bench.events.wait([command["id"]], 1800)
    cpu = spent.stop()
    if event["type"] != "cetak.template.sealed":
        raise Wrong(f"{event['type']}: {event['data'].get('reason')}")
    if sha256(f"{event['data']['folder']}/disk-0.qcow2") != event["data"]["digest"].rpartition(":")[2]:
        raise Wrong("the sealed image is not what the event says")
    if sha256(bench.lab.state / "golden" / "base.qcow2") != before:
        raise Wrong("the golden VM's disk was written")
    return bench.sample(ended - began, 1, cpu)


def by_hand(bench, base):
    lab = bench.lab
    folder = lab.state / "by-hand"
    folder.mkdir(exist_ok=True)
    overlay, copy = folder / "overlay.qcow2", folder / "copy.qcow2"
    golden = lab.state / "golden" / f"{base.name}.qcow2"
    sysprep = ["virt-sysprep", "--no-network", "--format", "qcow2", "--add", overlay]
    lines = [
        ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", golden, overlay],
        [*sysprep, "--operations", "defaults", "--hostname", "localhost", "--selinux-relabel", *deletions(), *first_boot()],
        [*sysprep, "--operations", "machine-id"],
        ["qemu-img", "convert", "-W", "-f", "qcow2", "-O", "qcow2", "-o", "compat=1.1", overlay, copy],
        ["sync", "-f", copy],
    ]
    spent = meter.Meter(lab)
    began = time.perf_counter()
    for line in lines:
        lab.inside(*line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    seconds, cpu = time.perf_counter() - began, spent.stop()
    for file in folder.iterdir():
        file.unlink()
    return bench.sample(seconds, 1, cpu)


def deletions():
    """The guest paths that a seal removes, read from the worker's source so that both do the same."""
    source = (SOURCES / "java/id/cetak/hypervisor/tools/IdentityPaths.java").read_text()
    paths = re.findall(r'"(/[^"]*)"', source.partition("REMOVED")[2].partition("LOOKED_FOR")[0])
    return [word for path in paths for word in ("--delete", path)]


def first_boot():
    guest, units = SOURCES / "resources" / "guest", "/etc/systemd/system/"
    return [
        "--mkdir", "/usr/lib/cetak", "--mkdir", f"{units}multi-user.target.wants", "--mkdir", "/etc/rcS.d",
        "--upload", f"{guest}/first-boot:/usr/lib/cetak/first-boot", "--chmod", "0755:/usr/lib/cetak/first-boot",
        "--upload", f"{guest}/{UNIT}:{units}{UNIT}", "--chmod", f"0644:{units}{UNIT}",
        "--link", f"../{UNIT}:{units}multi-user.target.wants/{UNIT}",
        "--link", "../../usr/lib/cetak/first-boot:/etc/rcS.d/S20cetak-first-boot",
    ]
