#!/usr/bin/python3
"""Measures rows in a running lab; deploy/bench starts it. What each row found lies in OUT/row-NAME.json."""
import argparse
import importlib
import json
import pathlib
import sys
import time

from rows import NOT_QUICK, OWN_LAB, ROWS


def main():
    asked = arguments()
    rows = chosen(asked)
    if asked.list:
        for name in rows:
            print(f"{name:12} {ROWS[name][2]}")
    else:
        measure(asked, rows)


def measure(asked, rows):
    import machine
    from bench import Bench, say
    from lab import Lab
    bench = Bench(Lab(asked.state, asked.application), asked.rounds or (1 if asked.quick else 5), asked.quick)
    about = machine.about(asked.state, asked.root)
    began = time.monotonic()
    if not OWN_LAB.issuperset(rows):
        bench.warm_up()
    for name in rows:
        module, function, what = ROWS[name]
        say(f"== {name}: {what}")
        getattr(importlib.import_module(module), function)(bench)
        bench.figures.save(asked.out, name)
    about |= {"rounds": bench.rounds, "quick": bench.quick, "seconds": round(time.monotonic() - began)}
    if not OWN_LAB.issuperset(rows):
        (asked.out / "about.json").write_text(json.dumps(about, indent=1) + "\n")


def chosen(asked):
    if unknown := set(asked.rows) - set(ROWS):
        sys.exit(f"There is no row {', '.join(sorted(unknown))}. There are {', '.join(ROWS)}.")
    names = asked.rows or [name for name in ROWS if not (asked.quick and name in NOT_QUICK)]
    if asked.lab is None:
        return names
    return [name for name in names if (name in OWN_LAB) == (asked.lab == "own")]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW")
    parser.add_argument("--list", action="store_true", help="names the rows and measures nothing")
    parser.add_argument("--lab", choices=("main", "own"), help="only the rows of this lab")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int)
    for place in ("state", "application", "out", "root"):
        parser.add_argument(f"--{place}", type=pathlib.Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
