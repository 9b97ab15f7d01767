"""How long one clone takes: idle, beside a crowd, and with a million commands waiting."""

import clones
import meter
from figures import percentile

CETAK = "Cetak"


def latency(bench):
    """One command after the other, from publication to its event."""
    base = bench.base()
    for _ in range(bench.rounds):
        bench.one("latency", CETAK, lambda: one_by_one(bench, "latency", "idle", base, bench.size(100, 40)))
    percentiles(bench, "latency", "idle")


def one_by_one(bench, row, name, template, count):
    cast = clones.Cast(template.name)
    spent = meter.Meter(bench.lab)
    millis = [clones.single_millis(bench, template.name, cast) for _ in range(count)]
    sample = bench.checked(clones.Measured(cast, sum(millis) / 1000, spent.stop()))
    bench.figures.value(row, name, *millis)
    return sample


def percentiles(bench, row, name):
    """p50 and p99 over all rounds; nothing when every round was wrong."""
    seen = bench.figures.values.get(row, {}).get(name, [])
    for hundredth in (50, 99) if seen else ():
        bench.figures.value(row, f"{name} p{hundredth} (ms)", percentile(seen, hundredth))
