"""One run: the lab, its size, and how a round of a row is measured, checked and recorded."""
import subprocess

import clones
import meter
from baselines import Baselines
from checker import Checker, Wrong
from figures import Figures, Sample
from templates import Template, golden, seal
from wire import Commands, Events


class Bench:
    def __init__(self, lab, rounds, quick):
        self.lab = lab
        self.rounds = rounds
        self.quick = quick
        self.figures = Figures()
        self.commands = Commands(lab)
        self.events = Events(lab)
        self.checker = Checker(self)
        self.baselines = Baselines(lab)
        self.templates = {}
        self.tag = clones.TAG
        self._batches = None

    def size(self, full, quick):
        return quick if self.quick else full

    def template(self, name, data_mb, virtual_mb=0):
        """The sealed template of that name, made when a row first asks for it."""
        if name not in self.templates:
            known = self.templates[name] = Template(name, data_mb, virtual_mb)
            say(f"   sealing {name}, {data_mb} MB of data")
            golden(self.lab, known)
            seal(self, known)
            self.checker.mark()
        return self.templates[name]

    def knows_batches(self):
        if self._batches is None:
            try:
                self.checked(clones.batch(self, self.base().name, 1))
                self._batches = True
            except clones.NotThere:
                self._batches = False
        return self._batches

    def base(self):
        return self.template("base", 512)

    def warm_up(self):
        """Not counted: Java compiles what runs often while it runs, and a worker runs for months."""
        count = self.size(2000, 300)
        say(f"== warming up: {count} clones by a batch, 200 by single commands")
        self.checked(clones.batch(self, self.base().name, count))
        for _ in range(2):
            self.checked(clones.singles(self, self.base().name, 100))

    def in_turns(self, row, contenders, rounds=None):
        """Each contender once a round, in turned order every other round (A B B A). A contender gives its Sample."""
        for number in range(rounds or self.rounds):
            ordered = list(contenders.items())
            for name, contender in ordered if number % 2 == 0 else reversed(ordered):
                self.one(row, name, contender)

    def one(self, row, name, contender):
        """Measures one round; False when it was wrong, or not to be had."""
        # What an earlier contender left to be written is not this one's cost.
        subprocess.run(["timeout", "30", "sync", "-f", self.lab.state], check=False)
        try:
            sample = contender()
        except clones.NotThere as missing:
            self.figures.note(row, f"{name}: not measured. {missing}")
            say(f"   {row}: {name}: not measured: {missing}")
            return False
        except (Wrong, TimeoutError) as wrong:
            say(f"   {row}: {name}: WRONG, scores nothing: {wrong}")
            self.figures.mistake(row, f"{name}: {wrong}")
            return False
        self.figures.add(row, name, sample)
        measured = f"{sample.count} in {sample.seconds:.2f} s, {sample.each_millis:.1f} ms each, load {sample.load}"
        say(f"   {row}: {name}: {measured}")
        return True

    def cetak(self, template, count, how=clones.singles, **options):
        """A contender: Cetak casts, is checked, and its clones are removed."""
        def contender():
            measured = how(self, template.name, count, **options)
            return self.checked(measured)
        return contender

    def checked(self, measured):
        try:
            self.checker.check(measured.cast)
        finally:
            clones.remove(self, measured.cast)
        return self.sample(measured.seconds, len(measured.cast.names), measured.cpu)

    @staticmethod
    def sample(seconds, count, cpu=None):
        return Sample(seconds, count, cpu)

    def baseline(self, name, *arguments):
        def contender():
            made = getattr(self.baselines, name)(*arguments)
            return Sample(made.seconds, made.count, made.cpu, made.failures)
        return contender

    def memory_mb(self):
        return meter.worker_rss_mb(self.lab)


def say(text):
    print(text, flush=True)
