#!/usr/bin/python3
"""Measures the rows that are asked for in a running lab; deploy/bench starts it. --list names the rows."""
import argparse
import pathlib
import time

import rows_clones
import rows_latency

ROWS = {
    "clone-100": rows_clones.clone_100,
    "latency": rows_latency.latency,
    "domains": rows_clones.domains,
    "files": rows_clones.files,
    "sizes": rows_clones.sizes,
    "batch": rows_clones.batch,
}
NOT_QUICK = set()


def main():
    asked = arguments()
    if asked.list:
        for name, row in ROWS.items():
            print(f"{name:12} {row.__doc__}")
        return
    from bench import Bench, say
    from lab import Lab
    from report import write_report
    bench = Bench(Lab(asked.state, asked.application), asked.rounds or (1 if asked.quick else 5), asked.quick)
    began = time.monotonic()
    for name in asked.rows or [name for name in ROWS if not (asked.quick and name in NOT_QUICK)]:
        say(f"== {name}: {ROWS[name].__doc__}")
        ROWS[name](bench)
    write_report(bench, asked, time.monotonic() - began)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", choices=[*ROWS, []], help=", ".join(ROWS))
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--write", action="store_true")
    for place in ("state", "application", "out"):
        parser.add_argument(f"--{place}", type=pathlib.Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
