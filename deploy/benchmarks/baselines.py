"""What people use today, and the floor under everything: each makes clones of one golden VM or sealed disk.

Each gives Made: how long, how many, how many tries failed, at what CPU cost. What was made is checked and removed.
"""
import os
import re
import subprocess
import time

import meter
from checker import Wrong

# $1 golden VM, $2 folder, $3 count, $4 at once. A try that failed is told by one line, and made again.
VIRT_CLONE = r"""
one() {
    for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        virt-clone --quiet --auto-clone --original "$1" --name "vc-$3" >/dev/null 2>&1 && return 0
        echo failed
        rm -f "$2/vc-$3.qcow2"
    done
    echo "gave up"
}
export -f one
if [ "$4" = 1 ]; then for i in $(seq "$3"); do one "$1" "$2" "$i"; done
else seq "$3" | xargs -P "$4" -I{} bash -c 'one "$@"' one "$1" "$2" {}; fi
"""
# $1 definition with @NAME@ and @DISK@, $2 folder, $3 count, $4 sealed disk
SHELL_LOOP = r"""
set -e
for i in $(seq "$3"); do
    qemu-img create -q -f qcow2 -F qcow2 -b "$4" "$2/sh-$i.qcow2"
    sed -e "s|@NAME@|sh-$i|; s|@DISK@|$2/sh-$i.qcow2|" "$1" >"$2/sh-$i.xml"
    virsh -q define "$2/sh-$i.xml" >/dev/null
done
"""


class Made:
    def __init__(self, seconds, count, failures, cpu):
        self.seconds = seconds
        self.count = count
        self.failures = failures
        self.cpu = cpu


class Baselines:
    def __init__(self, lab):
        self.lab = lab
        self.folder = lab.state / "baseline"
        self.golden = lab.state / "golden"  # virt-clone puts a clone's disk beside the original's
        self.folder.mkdir(exist_ok=True)

    def virt_clone(self, golden, count, at_once=1):
        def work():
            done = self.lab.inside("bash", "-c", VIRT_CLONE, "virt-clone", golden, self.golden, count, at_once,
                                   stdout=subprocess.PIPE, text=True, check=True)
            if "gave up" in done.stdout:
                raise Wrong("virt-clone failed twenty times for one clone")
            return done.stdout.count("failed")
        return self._measure(work, "vc-", count)

    def shell_loop(self, golden, sealed, count):
        (self.folder / "definition").write_text(self._definition(golden))
        def work():
            self.lab.inside("bash", "-c", SHELL_LOOP, "loop", self.folder / "definition", self.folder, count, sealed, check=True)
            return 0
        return self._measure(work, "sh-", count)

    def in_process(self, golden, sealed, count):
        """An empty overlay copied and flushed, and a definition over a warm connection: no queue, no database, no seed."""
        empty = self.folder / "empty"
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", sealed, empty], check=True)
        overlay, definition = empty.read_bytes(), self._definition(golden)
        def work():
            for number in range(1, count + 1):
                disk = f"{self.folder}/in-{number}.qcow2"
                self._write(disk, overlay)
                self.lab.hypervisor.defineXML(definition.replace("@NAME@", f"in-{number}").replace("@DISK@", disk))
            return 0
        return self._measure(work, "in-", count, own=True)

    def _measure(self, work, prefix, count, own=False):
        spent = meter.Meter(self.lab, own)
        began = time.perf_counter()
        failures = work()
        made = Made(time.perf_counter() - began, count, failures, spent.stop())
        self._check_and_remove(prefix, count)
        return made

    def _check_and_remove(self, prefix, count):
        ours = [domain for domain in self.lab.hypervisor.listAllDomains() if domain.name().startswith(prefix)]
        files = [*self.folder.glob(f"{prefix}*.qcow2"), *self.golden.glob(f"{prefix}*.qcow2")]
        for domain in ours:
            domain.undefine()
        for file in [*files, *(file for file in self.folder.iterdir() if file not in files)]:
            file.unlink()
        for pool in self.lab.hypervisor.listAllStoragePools():  # virt-clone leaves one for each folder
            if pool.isActive():
                pool.destroy()
            if pool.isPersistent():
                pool.undefine()
        if len(ours) != count or len(files) != count:
            raise Wrong(f"{len(ours)} domains and {len(files)} disks, not {count}")

    def _definition(self, golden):
        text = self.lab.hypervisor.lookupByName(golden).XMLDesc()
        text = re.sub(r"<uuid>.*?</uuid>|<mac .*?/>", "", text)
        text = re.sub(r"<source file='[^']*'", "<source file='@DISK@'", text, count=1)
        return text.replace(f"<name>{golden}</name>", "<name>@NAME@</name>")

    @staticmethod
    def _write(path, content):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        os.write(file, content)
        os.fsync(file)
        os.close(file)
