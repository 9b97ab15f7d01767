"""Golden VMs of a given amount of data, and the templates that their seals make."""
import pathlib
import subprocess

from lab import DEPLOY

CHUNK_MB = 256  # per write of qemu-io, which takes less than 2 GiB
SEAL_SECONDS = 1800


class Template:
    def __init__(self, name, data_mb, virtual_mb=0):
        self.name = name
        self.data_mb = data_mb
        self.virtual_mb = virtual_mb or data_mb + 128
        self.event = None

    @property
    def sealed(self):
        return pathlib.Path(self.event["data"]["folder"]) / "disk-0.qcow2"


def golden(lab, template):
    """A VM that is off: the demo guest, and behind its file system real data up to the wanted amount."""
    if any(domain.name() == template.name for domain in lab.hypervisor.listAllDomains()):
        return  # of an earlier run in a lab that was kept; its seal, asked for again, is answered again
    folder = lab.state / "golden"
    folder.mkdir(exist_ok=True)
    disk = folder / f"{template.name}.qcow2"
    subprocess.run(["cp", lab.state / "guest" / "guest.qcow2", disk], check=True)
    subprocess.run(["qemu-img", "resize", "-q", "-f", "qcow2", disk, f"{template.virtual_mb}M"], check=True)
    for at in range(0, template.data_mb, CHUNK_MB):
        size = min(CHUNK_MB, template.data_mb - at)
        write = f"write -q -P {1 + at // CHUNK_MB % 255} {100 + at}M {size}M"
        subprocess.run(["qemu-io", "-f", "qcow2", "-c", write, disk], check=True)
    accelerator = (lab.state / "accelerator").read_text().strip()
    console = lab.state / f"{template.name}.console"
    words = [DEPLOY / "guest" / "domain-xml", template.name, disk, accelerator, lab.state / "guest", console]
    lab.hypervisor.defineXML(subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout)


def seal(bench, *templates):
    """Seals them, keeping the golden VMs; gives the seconds until the last event."""
    ids = []
    for template in templates:
        ids.append(f"seal-{template.name}")
        bench.commands.send({"command": "sysprep", "id": ids[-1], "domain": template.name, "template": template.name, "source": "keep"})
    for template, (_, event) in zip(templates, bench.events.wait(ids, SEAL_SECONDS)):
        if event["type"] != "cetak.template.sealed":
            raise RuntimeError(f"The seal of {template.name} failed: {event['data']}")
        template.event = event
        bench.checker.sealed[template.name] = (template.sealed, event["data"]["digest"].rpartition(":")[2])
