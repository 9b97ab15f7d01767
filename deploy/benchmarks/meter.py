"""What a measurement costs beyond time: CPU seconds and memory of each service, from /proc."""
import os
import resource
import time

TICK = os.sysconf("SC_CLK_TCK")
SERVICES = ("worker", "postgresql", "rabbitmq", "libvirt")


def processes():
    """pid -> (parent, name, CPU seconds of the process and of its children that ended, start in seconds after boot)"""
    found = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            with open(f"/proc/{entry.name}/stat", encoding="utf-8", errors="replace") as stat:
                line = stat.read()
        except (FileNotFoundError, ProcessLookupError):
            continue
        name = line[line.index("(") + 1:line.rindex(")")]
        fields = line[line.rindex(")") + 2:].split()
        found[int(entry.name)] = (int(fields[1]), name, sum(map(int, fields[11:15])) / TICK, int(fields[19]) / TICK)
    return found


def family(root, known):
    """root and everything below it."""
    children = {}
    for pid, (parent, *_) in known.items():
        children.setdefault(parent, []).append(pid)
    found, open_ends = [], [root]
    while open_ends:
        pid = open_ends.pop()
        found.append(pid)
        open_ends.extend(children.get(pid, []))
    return [pid for pid in found if pid in known]


class Meter:
    """CPU seconds between start() and stop(), by service; `client` is what this program started itself."""

    def __init__(self, lab, own=False):
        self.lab = lab
        self.own = own  # the measured work is done in this very process
        self.begin = self._now()

    def stop(self):
        return {name: round(max(0.0, now - self.begin[name]), 3) for name, now in self._now().items()}

    def _now(self):
        known = processes()
        spent = {name: sum(known[pid][2] for pid in family(self.lab.pid(name), known)) for name in SERVICES}
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent["client"] = children.ru_utime + children.ru_stime + (time.process_time() if self.own else 0.0)
        return spent


def java(lab):
    """pid of the worker's JVM, and its start in seconds after boot."""
    known = processes()
    for pid in family(lab.pid("worker"), known):
        if known[pid][1] == "java":
            return pid, known[pid][3]
    raise LookupError("the worker has no JVM")


def worker_rss_mb(lab):
    with open(f"/proc/{java(lab)[0]}/status", encoding="utf-8") as status:
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    return round(kilobytes / 1024, 1)


def load():
    return round(os.getloadavg()[0], 2)
