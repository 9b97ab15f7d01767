"""Casting by Cetak, and taking the clones away again."""
import itertools
import time

import meter

TAG = format(int(time.time()), "x")  # names and command ids of a run are its own, as no id can be used twice
_numbers = itertools.count(1)


def unused(letter):
    """A beginning of command ids and names that no other cast has."""
    return f"{TAG}-{letter}{next(_numbers)}"


class NotThere(Exception):
    """This build of the worker does not know the command."""


class Cast:
    """Clones that were asked for: by single commands, or by one batch."""

    def __init__(self, template, disk="linked"):
        self.template = template
        self.disk = disk
        self.names = []
        self.commands = []  # of the singles, or the batch alone
        self.is_batch = False


class Measured:
    def __init__(self, cast, seconds, cpu):
        self.cast = cast
        self.seconds = seconds
        self.cpu = cpu


def singles(bench, template, count, disk="linked"):
    """`count` commands at once, until the event of the last one was read."""
    return _measured(bench, lambda: begin_singles(bench, template, count, disk))


def batch(bench, template, count):
    """One command for all of them, until the batch's own event was read."""
    measured = _measured(bench, lambda: begin_batch(bench, template, count))
    _, event = bench.events.terminal[measured.cast.commands[0]][0]
    if event["type"] == "cetak.command.rejected" and event["data"].get("field") == "command":
        raise NotThere(event["data"]["reason"])
    return measured


def _measured(bench, begin):
    spent = meter.Meter(bench.lab)
    began = time.perf_counter()
    cast = begin()
    return Measured(cast, wait(bench, cast) - began, spent.stop())


def begin_singles(bench, template, count, disk="linked"):
    cast = Cast(template, disk)
    prefix = unused("c")
    for index in range(1, count + 1):
        _send(bench, cast, f"{prefix}-{index}")
    return cast


def begin_batch(bench, template, count):
    cast = Cast(template)
    cast.is_batch = True
    prefix = unused("b")
    cast.names = [f"{prefix}-{index}" for index in range(1, count + 1)]
    cast.commands = [prefix]
    bench.commands.send({"command": "clone-batch", "id": prefix, "template": template, "count": count, "names": f"{prefix}-%d"})
    return cast


def single_millis(bench, cast):
    """One more clone for `cast`, from the command's publication to its event."""
    began = time.perf_counter()
    _send(bench, cast, unused("s"))
    [(came, _)] = bench.events.wait(cast.commands[-1:], 900)
    return 1000 * (came - began)


def _send(bench, cast, name):
    cast.names.append(name)
    cast.commands.append(name)
    command = {"command": "clone", "id": cast.commands[-1], "template": cast.template, "name": name}
    bench.commands.send(command if cast.disk == "linked" else {**command, "disk": cast.disk})


def wait(bench, cast, seconds=1800):
    """When the last of the cast's events came."""
    return max(came for came, _ in bench.events.wait(cast.commands, seconds))


def ended(bench, cast):
    return all(command in bench.events.terminal for command in cast.commands)


def remove(bench, cast):
    """Takes the clones away, by Cetak's own command."""
    over = unused("d")
    if cast.is_batch:
        wanted = [{"command": "delete", "id": over, "batch": cast.commands[0]}]
    else:
        wanted = [{"command": "delete", "id": f"{over}-{name}", "name": name} for name in cast.names]
    for command in wanted:
        bench.commands.send(command)
    for _, event in bench.events.wait([command["id"] for command in wanted], 1800):
        if event["type"] not in ("cetak.clone.deleted", "cetak.batch.deleted"):
            raise NotThere(event["data"]["reason"])
