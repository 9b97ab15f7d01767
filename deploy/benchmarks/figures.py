"""Samples of all rows, and what is read from them: medians with their spread, ratios, percentiles."""
import json
import statistics

import meter


class Sample:
    """One round of one contender: seconds for `count` things, and the CPU seconds of each service."""

    def __init__(self, seconds, count=1, cpu=None, failures=0, load=None):
        self.seconds = seconds
        self.count = count
        self.cpu = cpu or {}
        self.failures = failures
        self.load = meter.load() if load is None else load

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

    def cpu_median(self, row, contender):
        """CPU milliseconds for each thing, of all services together; None where they were not counted."""
        samples = [sample for sample in self.samples.get(row, {}).get(contender, []) if sample.cpu]
        return statistics.median(1000 * sum(sample.cpu.values()) / sample.count for sample in samples) if samples else None

    def save(self, folder, row):
        """One file a row, so that what was measured stays when a later row ends the run."""
        contenders = {name: [vars(sample) for sample in samples] for name, samples in self.samples.get(row, {}).items()}
        everything = {"samples": contenders, "values": self.values.get(row, {}),
                      "wrong": self.wrong.get(row, []), "notes": self.notes.get(row, [])}
        (folder / f"row-{row}.json").write_text(json.dumps(everything, indent=1) + "\n")

    @classmethod
    def load(cls, folder, rows):
        figures = cls()
        for row in rows:
            file = folder / f"row-{row}.json"
            if not file.exists():
                continue
            found = json.loads(file.read_text())
            figures.samples[row] = {name: [Sample(**sample) for sample in samples] for name, samples in found["samples"].items()}
            figures.values[row], figures.wrong[row], figures.notes[row] = found["values"], found["wrong"], found["notes"]
        return figures


def percentile(numbers, hundredth):
    """The nearest-rank percentile: a number that was really seen."""
    ordered = sorted(numbers)
    return ordered[max(0, -(-len(ordered) * hundredth // 100) - 1)]
