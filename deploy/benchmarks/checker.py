"""Whether a round was right. A wrong round scores nothing: its time is not counted."""
import hashlib
import struct
import xml.etree.ElementTree as tree

LIVE = "select count(*) from job where state not in ('COMPLETED', 'FAILED', 'CANCELLED') and command_id not like 'planted-%'"


class Wrong(Exception):
    pass


class Checker:
    """Knows what was there before a round, and the sealed images as they were sealed."""

    def __init__(self, bench):
        self.bench = bench
        self.lab = bench.lab
        self.sealed = {}  # template -> (path, digest)
        self.mark()

    def mark(self):
        """From here on, what is there now is expected to be there."""
        self.domains = {domain.name() for domain in self.lab.hypervisor.listAllDomains()}
        self.folders = self._folders()

    def check(self, *casts):
        names = [name for cast in casts for name in cast.names]
        found = {domain.name(): domain.XMLDesc() for domain in self.lab.hypervisor.listAllDomains()}
        self._same("domains", set(found) - self.domains, set(names))
        uuids = {}
        for cast in casts:
            uuids.update(self._cast(cast, found))
        self._same("image folders", self._folders() - self.folders, set(uuids.values()))
        if len(set(uuids.values())) != len(names):
            raise Wrong("two clones share a UUID")
        self._macs(found.values())
        self._rows(names)
        for cast in casts:
            self.digest(cast.template)

    def digest(self, template):
        path, digest = self.sealed[template]
        if sha256(path) != digest:
            raise Wrong(f"the sealed image of {template} has changed")

    def _cast(self, cast, found):
        uuids = {}
        for name, event in self._events(cast):
            if event["type"] != "cetak.clone.completed":
                raise Wrong(f"{name}: {event['type']} {event['data'].get('code')}: {event['data'].get('reason')}")
            uuids[name] = self._clone(cast, event["data"], tree.fromstring(found[name]))
        return uuids

    def _events(self, cast):
        """Name and terminal event of each clone, one id per clone and no more."""
        if cast.is_batch:
            told = self._batch(cast)
        else:
            told = {name: [event for _, event in self.bench.events.terminal.get(command, [])]
                    for name, command in zip(cast.names, cast.commands)}
        for name, events in told.items():
            if len({event["id"] for event in events}) != 1:
                raise Wrong(f"{name} has {len(events)} terminal events, not one")
            yield name, events[0]

    def _batch(self, cast):
        told = self.bench.events.parts.get(cast.commands[0], {})
        self._same("clones told of", set(told), set(cast.names))
        [end] = {event["id"]: event for _, event in self.bench.events.terminal[cast.commands[0]]}.values()
        if end["type"] != "cetak.batch.completed" or end["data"]["completed"] != len(cast.names):
            raise Wrong(f"batch {cast.commands[0]} ended as {end['type']} {end['data']}")
        return told

    def _clone(self, cast, said, domain):
        uuid = domain.findtext("uuid")
        folder = self.lab.images / "clones" / uuid
        planned = [str(folder / "disk-0.qcow2")]
        sources = [source.get("file") for source in domain.iterfind("devices/disk/source")]
        if uuid != said["uuid"] or [disk["path"] for disk in said["disks"]] != planned:
            raise Wrong(f"{said['name']}: libvirt has {uuid}, the event says {said['uuid']} on {said['disks']}")
        self._same(f"{said['name']}'s disks", set(sources), {*planned, str(folder / "seed.iso")})
        macs = [mac.get("address") for mac in domain.iterfind("devices/interface/mac")]
        self._same(f"{said['name']}'s MAC addresses", set(macs), set(said["macs"]))
        self._same(f"{said['name']}'s files", {str(file) for file in folder.iterdir()}, set(sources))
        backing = str(self.sealed[cast.template][0]) if cast.disk == "linked" else None
        if backing_file(planned[0]) != backing:
            raise Wrong(f"{said['name']} lies on {backing_file(planned[0])}, not on {backing}")
        return uuid

    def _macs(self, definitions):
        seen = [mac.get("address") for text in definitions for mac in tree.fromstring(text).iterfind("devices/interface/mac")]
        if len(seen) != len(set(seen)):
            raise Wrong("two domains share a MAC address")

    def _rows(self, names):
        [(live,)] = self.lab.sql(LIVE)
        if live:
            raise Wrong(f"{live} jobs still live")
        [(ready,)] = self.lab.sql("select count(*) from clone where name = any(%s) and state = 'READY'", (names,))
        if ready != len(names):
            raise Wrong(f"{ready} of {len(names)} clones stand in the ledger")

    def _folders(self):
        return {entry.name for entry in (self.lab.images / "clones").iterdir()}

    @staticmethod
    def _same(what, found, expected):
        if found != expected:
            raise Wrong(f"{what}: too many {sorted(found - expected)[:3]}, missing {sorted(expected - found)[:3]}")


def sha256(path):
    seen = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            seen.update(chunk)
    return seen.hexdigest()


def backing_file(image):
    """The backing file that a qcow2's header names; None when it stands alone."""
    with open(image, "rb") as file:
        magic, _, offset, size = struct.unpack(">4sIQI", file.read(20))
        if magic != b"QFI\xfb":
            raise Wrong(f"{image} is no qcow2")
        if offset == 0:
            return None
        file.seek(offset)
        return file.read(size).decode()
