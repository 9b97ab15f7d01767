"""Samples of all rows, and what is read from them: medians with their spread, ratios, percentiles."""
import json
import statistics

import meter


class Sample:
    """One round of one contender: seconds for `count` things, and the CPU seconds of each service."""

    def __init__(self, seconds, count=1, cpu=None, failures=0):
        self.seconds = seconds
        self.count = count
        self.cpu = cpu or {}
        self.failures = failures
        self.load = meter.load()

    @property
    def each_millis(self):
        return 1000 * self.seconds / self.count


class Figures:
    def __init__(self):
        self.samples = {}  # row -> contender -> [Sample]
        self.values = {}  # row -> name -> [number]: what is no time for a number of things
        self.wrong = {}  # row -> [what was wrong]
        self.notes = {}  # row -> [sentence]

    def add(self, row, contender, sample):
        self.samples.setdefault(row, {}).setdefault(contender, []).append(sample)

    def value(self, row, name, *numbers):
        self.values.setdefault(row, {}).setdefault(name, []).extend(numbers)

    def mistake(self, row, what):
        self.wrong.setdefault(row, []).append(what)

    def note(self, row, sentence):
        notes = self.notes.setdefault(row, [])
        if sentence not in notes:
            notes.append(sentence)

    def each(self, row, contender):
        """Milliseconds for each thing, one number a round."""
        return [sample.each_millis for sample in self.samples.get(row, {}).get(contender, [])]

    def median(self, row, contender):
        numbers = self.each(row, contender) or self.values.get(row, {}).get(contender, [])
        return statistics.median(numbers) if numbers else None

    def ratio(self, row, over, under, under_row=None):
        """How many times `over` is as much as `under`, by medians."""
        above, below = self.median(row, over), self.median(under_row or row, under)
        return above / below if above is not None and below else None

    def save(self, path, about):
        rows = {row: {name: [vars(sample) for sample in samples] for name, samples in contenders.items()}
                for row, contenders in self.samples.items()}
        everything = {"about": about, "samples": rows, "values": self.values, "wrong": self.wrong, "notes": self.notes}
        path.write_text(json.dumps(everything, indent=1) + "\n")


def percentile(numbers, hundredth):
    """The nearest-rank percentile: a number that was really seen."""
    ordered = sorted(numbers)
    return ordered[max(0, -(-len(ordered) * hundredth // 100) - 1)]
