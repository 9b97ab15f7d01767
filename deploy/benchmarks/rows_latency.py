"""How long one clone takes: idle, beside a crowd of another template, and with a million commands waiting."""
import time

import clones
import meter
import planted
from checker import Wrong
from figures import percentile

CETAK = "Cetak"
FAIR_SECONDS = 120  # after this the crowd has shown whether it starves others


def latency(bench):
    """One command after the other, from publication to its event."""
    base = bench.base()
    for _ in range(bench.rounds):
        bench.one("latency", CETAK, lambda: one_by_one(bench, "latency", "idle", base, bench.size(100, 40)))
    percentiles(bench, "latency", "idle")


def one_by_one(bench, row, name, template, count):
    cast = clones.Cast(template.name)
    spent = meter.Meter(bench.lab)
    millis = [clones.single_millis(bench, cast) for _ in range(count)]
    sample = bench.checked(clones.Measured(cast, sum(millis) / 1000, spent.stop()))
    bench.figures.value(row, name, *millis)
    return sample


def fairness(bench):
    """Single clones of one template, idle and while 5,000 clones of another are made."""
    crowded, other = bench.base(), bench.template("other", 64)
    for _ in range(bench.rounds):
        bench.one("fairness", "idle", lambda: one_by_one(bench, "fairness", "idle", other, bench.size(100, 30)))
        bench.one("fairness", "in a crowd", lambda: in_a_crowd(bench, crowded, other))
    percentiles(bench, "fairness", "idle")
    percentiles(bench, "fairness", "in a crowd")


def in_a_crowd(bench, crowded, other):
    begin = clones.begin_batch if bench.knows_batches() else clones.begin_singles
    crowd = begin(bench, crowded.name, bench.size(5000, 200))
    cast = clones.Cast(other.name)
    spent = meter.Meter(bench.lab)
    millis, until = [], time.monotonic() + FAIR_SECONDS
    while not clones.ended(bench, crowd) and time.monotonic() < until and len(millis) < 300:
        millis.append(clones.single_millis(bench, cast))
    cpu = spent.stop()
    try:
        clones.wait(bench, crowd)
        bench.checker.check(crowd, cast)
    finally:
        clones.remove(bench, crowd)
        clones.remove(bench, cast)
    if not millis:
        raise Wrong("the crowd was gone before a single clone was measured")
    bench.figures.value("fairness", "in a crowd", *millis)
    return bench.sample(sum(millis) / 1000, len(millis), cpu)


def waiting(bench):
    """Single clones, and the worker's memory, with 1,000 and with 1,000,000 commands waiting."""
    base = bench.base()
    sizes = [1000, bench.size(1_000_000, 100_000)]
    for number in range(min(bench.rounds, 3)):
        for there in sizes if number % 2 == 0 else reversed(sizes):
            planted.plant(bench.lab, there)
            name = "few" if there == 1000 else "many"
            bench.one("waiting", name, lambda name=name: one_by_one(bench, "waiting", name, base, bench.size(100, 30)))
            bench.figures.value("waiting", f"{name}: memory (MB)", bench.memory_mb())
    planted.plant(bench.lab, 0)
    for name in ("few", "many"):
        percentiles(bench, "waiting", name)
    bench.figures.note("waiting", f"few: 1,000, many: {sizes[1]:,} rows of accepted commands that wait for their next try; "
                       "the table is vacuumed after they were put in.")


def percentiles(bench, row, name):
    """p50 and p99 over all rounds; nothing when every round was wrong."""
    seen = bench.figures.values.get(row, {}).get(name, [])
    for hundredth in (50, 99) if seen else ():
        bench.figures.value(row, f"{name} p{hundredth} (ms)", percentile(seen, hundredth))
