"""The tables of a run, as text and as docs/benchmarks.md."""
import statistics


def write_report(bench, asked, seconds):
    about = {"seconds": round(seconds), "rounds": bench.rounds, "quick": bench.quick}
    bench.figures.save(asked.out / "results.json", about)
    print("\n".join(rows_table(bench.figures)))


def rows_table(figures):
    yield "| row | what | each, ms: median (min-max) | rounds | CPU ms each: worker, database, broker, libvirtd, client | load |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for row, contenders in figures.samples.items():
        for name, samples in contenders.items():
            each = [sample.each_millis for sample in samples]
            cpu = ", ".join(
                f"{1000 * statistics.median(sample.cpu.get(service, 0) / sample.count for sample in samples):.1f}"
                for service in ("worker", "postgresql", "rabbitmq", "libvirt", "client"))
            loads = [sample.load for sample in samples]
            yield (f"| {row} | {name} | {statistics.median(each):.1f} ({min(each):.1f}-{max(each):.1f}) | {len(each)} "
                   f"| {cpu} | {min(loads)}-{max(loads)} |")
