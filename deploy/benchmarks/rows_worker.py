"""The worker itself: its start, and what it costs when idle."""
import threading
import time

import clones
import meter

SETTLE_SECONDS = 15


def process(bench):
    """Start of the JVM to the first command served; memory and CPU when idle."""
    base, lab = bench.base(), bench.lab
    for _ in range(bench.rounds):
        bench.one("process", "start to first clone", lambda: start(bench, base))
    time.sleep(SETTLE_SECONDS)  # what the start left to do is not idleness
    seconds = bench.size(60, 15)
    spent = meter.Meter(lab)
    time.sleep(seconds)
    bench.figures.value("process", "idle CPU (%)", round(100 * spent.stop()["worker"] / seconds, 2))
    bench.figures.value("process", "idle memory (MB)", bench.memory_mb())


def start(bench, base):
    """The command waits in the broker already, so that the event comes as soon as it can."""
    bench.lab.stop_worker()
    cast = clones.begin_singles(bench, base.name, 1)
    starting = threading.Thread(target=bench.lab.start_worker)
    starting.start()
    came = clones.wait(bench, cast, 120)
    starting.join()
    born = time.perf_counter() - (time.clock_gettime(time.CLOCK_BOOTTIME) - meter.java(bench.lab)[1])
    return bench.checked(clones.Measured(cast, came - born, {}))
