"""Casting by Cetak, and taking the clones away again."""
import itertools
import shutil
import time

import meter

TAG = format(int(time.time()) % 36**6, "x")  # command ids of a run are its own, as no id can be used twice
_numbers = itertools.count(1)


class Cast:
    """Clones that were asked for: by single commands, or by one batch."""

    def __init__(self, template, disk="linked"):
        self.template = template
        self.disk = disk
        self.names = []
        self.commands = []  # of the singles
        self.batch = None


class Measured:
    def __init__(self, cast, seconds, cpu):
        self.cast = cast
        self.seconds = seconds
        self.cpu = cpu


def fresh(count):
    number = next(_numbers)
    return f"{TAG}-{number}", [f"c{number}-{index}" for index in range(1, count + 1)]


def singles(bench, template, count, disk="linked", seconds=600):
    """`count` commands at once, until the event of the last one was read."""
    cast = Cast(template, disk)
    prefix, cast.names = fresh(count)
    cast.commands = [f"{prefix}-{name}" for name in cast.names]
    spent = meter.Meter(bench.lab)
    began = time.perf_counter()
    for command, name in zip(cast.commands, cast.names):
        bench.commands.send({"command": "clone", "id": command, "template": template, "name": name, "disk": disk})
    ended = max(came for came, _ in bench.events.wait(cast.commands, seconds))
    return Measured(cast, ended - began, spent.stop())


def batch(bench, template, count, seconds=1800):
    cast = Cast(template)
    prefix, _ = fresh(0)
    cast.batch = f"{prefix}-batch"
    pattern = f"b{prefix.rsplit('-', 1)[1]}-%d"
    cast.names = [pattern % index for index in range(1, count + 1)]
    command = {"command": "clone-batch", "id": cast.batch, "template": template, "count": count, "names": pattern}
    spent = meter.Meter(bench.lab)
    began = time.perf_counter()
    bench.commands.send(command)
    [(ended, _)] = bench.events.wait([cast.batch], seconds)
    return Measured(cast, ended - began, spent.stop())


def single_millis(bench, template, name_cast):
    """One command, from its publication to its event; the clone is added to `name_cast`."""
    prefix, [name] = fresh(1)
    command = f"{prefix}-{name}"
    name_cast.names.append(name)
    name_cast.commands.append(command)
    began = time.perf_counter()
    bench.commands.send({"command": "clone", "id": command, "template": template, "name": name})
    [(came, _)] = bench.events.wait([command], 120)
    return 1000 * (came - began)


def remove(bench, cast):
    """The one place that knows how clones go: by hand, as there is no command for it yet."""
    rows = bench.lab.sql("delete from clone where name = any(%s) returning id::text", (cast.names,))
    for (uuid,) in rows:
        try:
            bench.lab.hypervisor.lookupByUUIDString(uuid).undefine()
        except LookupError:
            pass
        shutil.rmtree(bench.lab.images / "clones" / uuid, ignore_errors=True)
