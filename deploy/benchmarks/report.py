#!/usr/bin/python3
"""Says what a run's figures mean, from the files that its rows left; with --write also as docs/benchmarks.md."""
import argparse
import json
import pathlib
import statistics

import laws
from figures import Figures
from rows import ROWS
from targets import TARGETS

SERVICES = ("worker", "postgresql", "rabbitmq", "libvirt", "client")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--write", type=pathlib.Path, metavar="DOCS")
    asked = parser.parse_args()
    figures = Figures.load(asked.out, ROWS)
    print("\n".join([*ratios(figures), "", *costs(figures), "", *values(figures), *mistakes(figures)]))
    for row in laws.LAWS:
        print("\n".join(["", *laws.as_text(figures, row)]))
        laws.as_png(figures, row, asked.out / f"{row}.png")
    if asked.write:
        write(asked.write, figures, json.loads((asked.out / "about.json").read_text()))


def ratios(figures):
    yield "| row | Cetak is | target | measured | by CPU | |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for target in TARGETS:
        number, met = target.verdict(figures)
        cpu = target.by_cpu(figures)
        if number is not None:
            yield (f"| {target.row} | {target.what} | {target.wanted} | {number:.3g}{target.unit} "
                   f"| {'' if cpu is None else f'{cpu:.3g}x'} | {'met' if met else '**missed**'} |")
        elif target.row in figures.samples or target.row in figures.values:
            yield f"| {target.row} | {target.what} | {target.wanted} | not measured | | |"


def costs(figures):
    yield ("| row | what | ms each: median (min-max) | rounds | failed tries "
           "| CPU ms each: worker + database + broker + libvirtd + client | load |")
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for row, contenders in figures.samples.items():
        for name, samples in contenders.items():
            each = [sample.each_millis for sample in samples]
            parts = [1000 * statistics.median(sample.cpu.get(service, 0) / sample.count for sample in samples)
                     for service in SERVICES]
            cpu = f"{sum(parts):.1f} = {' + '.join(f'{part:.1f}' for part in parts)}" if any(sample.cpu for sample in samples) else ""
            loads = [sample.load for sample in samples]
            failures, tries = sum(sample.failures for sample in samples), sum(sample.count for sample in samples)
            yield (f"| {row} | {name} | {statistics.median(each):.1f} ({min(each):.1f}-{max(each):.1f}) | {len(each)} "
                   f"| {f'{failures} in {tries}' if failures else ''} | {cpu} | {min(loads)}-{max(loads)} |")


def values(figures):
    yield "| row | value | median (min-max) | of |"
    yield "| --- | --- | --- | --- |"
    for row, named in figures.values.items():
        for name, numbers in named.items():
            if numbers:
                yield f"| {row} | {name} | {statistics.median(numbers):.1f} ({min(numbers):.1f}-{max(numbers):.1f}) | {len(numbers)} |"


def mistakes(figures):
    for row in figures.wrong:
        for what in figures.wrong[row]:
            yield f"WRONG, scores nothing: {row}: {what}"
        for note in figures.notes.get(row, []):
            yield f"Note: {row}: {note}"


def write(docs, figures, about):
    plots = docs / "benchmarks"
    plots.mkdir(exist_ok=True)
    lines = [
        "# Benchmarks", "",
        f"Measured by `deploy/bench` on {about['date']}, commit {about['commit']}. What counts is the ratios: all of a row was",
        "measured in one run, by turns, and each round was checked; a round that left anything wrong is listed and not counted.", "",
        *(f"- {name}: {about[name]}" for name in ("machine", "system", "images", "versions")),
        f"- rounds of each row: {about['rounds']}{', at the small sizes of --quick' if about['quick'] else ''}; "
        f"the run took {about['seconds'] // 60} minutes",
        "- before the first row the worker makes some hundreds of clones that are not counted: Java compiles while it runs", "",
        "## Against the targets", "", *ratios(figures), "",
        "## What one costs", "", *costs(figures), "",
        "## Other values", "", *values(figures), "",
        "## Remarks", "", *(f"- {line}" for line in mistakes(figures)), "",
        "## How cost grows", "",
    ]
    for row in laws.LAWS:
        text = list(laws.as_text(figures, row))
        if text:
            lines += ["```", *text, "```", ""]
        if laws.as_png(figures, row, plots / f"{row}.png"):
            lines += [f"![{laws.LAWS[row][0]}](benchmarks/{row}.png)", ""]
    remarks = plots / "remarks.md"  # written by hand: figures say how much, not why
    if remarks.exists():
        lines.append(remarks.read_text())
    (docs / "benchmarks.md").write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()
