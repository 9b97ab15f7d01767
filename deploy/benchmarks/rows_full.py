"""Full copies beside cp, on whatever file system the images lie."""
import subprocess
import time

import meter


def full(bench):
    """A full clone of 4 GB on ext4, beside cp --sparse=always."""
    measure(bench, "full", {"cp --sparse=always": ["--reflink=never", "--sparse=always"]})


def full_xfs(bench):
    """A full clone of 4 GB on XFS with reflink, beside a cp that copies and a cp that shares."""
    measure(bench, "full-xfs", {"cp --reflink=never": ["--reflink=never"], "cp --reflink=always": ["--reflink=always"]})


def measure(bench, row, copies):
    template = bench.size(lambda: bench.template("gb4", 4096), bench.base)()
    contenders = {name: lambda options=options: copy(bench, template, options) for name, options in copies.items()}
    contenders["Cetak, full"] = bench.cetak(template, 1, disk="full")
    bench.in_turns(row, contenders)
    bench.figures.note(row, f"The data is {template.data_mb} MB. A copy by cp is timed until it is flushed, as Cetak's is.")


def copy(bench, template, options):
    target = bench.lab.images / "work" / "copied-by-cp.qcow2"
    spent = meter.Meter(bench.lab)
    began = time.perf_counter()
    subprocess.run(["cp", *options, template.sealed, target], check=True)
    subprocess.run(["sync", target], check=True)
    seconds, cpu = time.perf_counter() - began, spent.stop()
    target.unlink()
    return bench.sample(seconds, 1, cpu)
