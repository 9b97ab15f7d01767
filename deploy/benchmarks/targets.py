"""What is aimed at, as ratios within one run wherever there is something to compare with."""
from figures import Figures
from rows_clones import CETAK, FLOOR, SHELL_LOOP, VIRT_CLONE, VIRT_CLONE_P2


class Target:
    """`measure` reads one number from the figures; None when it was not measured."""

    def __init__(self, row, what, measure, at_least=None, at_most=None, unit="x"):
        self.row = row
        self.what = what
        self.measure = measure
        self.at_least = at_least
        self.at_most = at_most
        self.unit = unit

    @property
    def wanted(self):
        return f"at least {self.at_least:g}{self.unit}" if self.at_least is not None else f"at most {self.at_most:g}{self.unit}"

    def by_cpu(self, figures):
        """The same number by CPU seconds, which a busy machine disturbs less than time."""
        return self.measure.by_cpu(figures) if isinstance(self.measure, Times) else None

    def verdict(self, figures: Figures):
        """The number, and whether it is what was aimed at."""
        number = self.measure(figures)
        if number is None:
            return None, None
        return number, number >= self.at_least if self.at_least is not None else number <= self.at_most


def per_second(figures, row, contender):
    each = figures.median(row, contender)
    return 1000 / each if each else None


def growth(figures):
    """Memory after the largest batch, above that before the first."""
    values = figures.values.get("batch", {})
    after = [max(numbers) for name, numbers in values.items() if name.startswith("memory after")]
    before = values.get("memory before 1 (MB)")
    return max(after) - before[0] if after and before else None


def accepted(figures):
    """The accept rate as a part of the smaller of the two rates under it."""
    floors = [per_second(figures, "accept", name) for name in ("broker: consume", "database: commit")]
    ours = per_second(figures, "accept", "Cetak: accept")
    return ours / min(floors) if ours and None not in floors else None


def seconds(figures, row, contender):
    each = figures.median(row, contender)
    return each / 1000 if each else None


class Times:
    """How many times `over` takes as long as `under`; `by_cpu`: as much CPU, all services together."""

    def __init__(self, row, over, under):
        self.medians = lambda figures, of: [of(figures, row, name) for name in (over, under)]

    def __call__(self, figures, of=Figures.median):
        above, below = self.medians(figures, of)
        return above / below if above is not None and below else None

    def by_cpu(self, figures):
        return self(figures, Figures.cpu_median)


class Spread(Times):
    """The same of the largest over the smallest; nothing unless all were measured."""

    def __init__(self, row, *names):
        self.all = lambda figures, of: [of(figures, row, name) for name in names]

    def __call__(self, figures, of=Figures.median):
        medians = self.all(figures, of)
        return None if None in medians else max(medians) / min(medians)


TARGETS = [
    Target("clone-100", "as fast as a virt-clone loop", Times("clone-100", VIRT_CLONE, CETAK), at_least=200),
    Target("clone-100", "as fast as xargs -P2 virt-clone", Times("clone-100", VIRT_CLONE_P2, CETAK), at_least=100),
    Target("clone-100", "as fast as qemu-img + virsh define", Times("clone-100", SHELL_LOOP, CETAK), at_least=3),
    Target("clone-100", "the time of the in-process floor", Times("clone-100", CETAK, FLOOR), at_most=3),
    Target("clone-100", "clones a second", lambda figures: per_second(figures, "clone-100", CETAK), at_least=100, unit="/s"),
    Target("domains", "as fast as virt-clone, with 2,000 domains",
           Times("domains", f"{VIRT_CLONE}, 2000", f"{CETAK}, 2000"), at_least=500),
    Target("domains", "the time with 2,000 domains to that with 10", Times("domains", f"{CETAK}, 2000", f"{CETAK}, 10"), at_most=1.15),
    Target("sizes", "the slowest of 0.5 to 20 GB to the fastest", Spread("sizes", "0.5", "1", "4", "20"), at_most=1.1),
    Target("files", "the slowest of 10 to 10,000 files to the fastest", Spread("files", "10", "100", "1000", "10000"), at_most=1.1),
    Target("batch", "cost in a batch of 100 to that in one of 1", Times("batch", "100", "1"), at_most=1),
    Target("batch", "the slowest of batches of 100 to 10,000 to the fastest", Spread("batch", "100", "1000", "10000"), at_most=1.1),
    Target("batch", "growth of the worker's memory", growth, at_most=50, unit=" MB"),
    Target("latency", "p50 of a single clone, idle", lambda figures: figures.median("latency", "idle p50 (ms)"), at_most=20, unit=" ms"),
    Target("latency", "p99 of a single clone, idle", lambda figures: figures.median("latency", "idle p99 (ms)"), at_most=80, unit=" ms"),
    Target("fairness", "p99 beside 5,000 clones of another template to idle",
           Times("fairness", "in a crowd p99 (ms)", "idle p99 (ms)"), at_most=2),
    Target("seal", "the time of its two virt-sysprep passes and copy", Times("seal", "Cetak", "by hand"), at_most=1.1),
    Target("accept", "of the smaller of broker's and database's rate", accepted, at_least=0.6),
    Target("waiting", "p50 with 1,000,000 commands waiting to 1,000", Times("waiting", "many p50 (ms)", "few p50 (ms)"), at_most=1.3),
    Target("waiting", "the worker's memory likewise", Times("waiting", "many: memory (MB)", "few: memory (MB)"), at_most=1.1),
    Target("full", "the time of cp --sparse=always", Times("full", "Cetak, full", "cp --sparse=always"), at_most=1.05),
    Target("full-xfs", "as fast as a cp that copies", Times("full-xfs", "cp --reflink=never", "Cetak, full"), at_least=100),
    Target("process", "start to first command served",
           lambda figures: seconds(figures, "process", "start to first clone"), at_most=2, unit=" s"),
    Target("process", "idle memory", lambda figures: figures.median("process", "idle memory (MB)"), at_most=250, unit=" MB"),
    Target("process", "idle CPU", lambda figures: figures.median("process", "idle CPU (%)"), at_most=0.5, unit=" %"),
]
