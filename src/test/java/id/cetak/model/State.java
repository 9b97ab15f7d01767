package id.cetak.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that there is at one moment: the broker's messages, the database's rows, the workers'
 * memory and the host.
 *
 * <p>Messages and workers have no names: states that differ in nothing else are one.
 *
 * @param messages where the two messages of the clone are
 * @param runs what the workers run, at most one each
 * @param relay the event of the relay's round that is under way
 * @param source whether the seal's source domain is there
 * @param late whether a run whose job has a newer attempt has written or touched anything
 * @param faults how many more things may go wrong
 */
record State(
    List<Where> messages,
    List<Job> jobs,
    List<Run> runs,
    @Nullable Relay relay,
    boolean source,
    boolean late,
    int faults) {

  enum Kind {
    CLONE,
    SEAL
  }

  /** Where a message is. */
  enum Where {
    QUEUED,
    COMMITTED,
    ACKED
  }

  enum Phase {
    QUEUED,
    RUNNING,
    PARKED,
    UNDOING,
    COMPLETED,
    FAILED;

    boolean ended() {
      return this == COMPLETED || this == FAILED;
    }
  }

  enum Lock {
    NONE,
    ASKED,
    HELD
  }

  /** An event in the outbox; its id is the attempt that stored it. */
  record Event(int id, boolean sent, boolean published) {}

  /**
   * What a job has made on the host. A clone makes a disk, then domains; a seal makes an image
   * (called disk too), then its barrier.
   */
  record Made(boolean disk, int domains, boolean barrier) {
    static final Made NOTHING = new Made(false, 0, false);
  }

  /** A row of the job table, with its journal, its lock and its events, and what it made. */
  record Job(
      Kind kind,
      Phase phase,
      int attempt,
      boolean leased,
      List<String> journal,
      Lock lock,
      int ticket,
      List<Event> events,
      Made made) {
    static Job accepted(Kind kind) {
      return new Job(
          kind, Phase.QUEUED, 0, false, List.of(), Lock.NONE, 0, List.of(), Made.NOTHING);
    }

    Job in(Phase phase) {
      return new Job(kind, phase, attempt, leased, journal, lock, ticket, events, made);
    }

    Job claimed() {
      Phase next = phase == Phase.UNDOING ? phase : Phase.RUNNING;
      return new Job(kind, next, attempt + 1, true, journal, lock, ticket, events, made);
    }

    Job leased(boolean leased) {
      return new Job(kind, phase, attempt, leased, journal, lock, ticket, events, made);
    }

    Job lock(Lock lock, int ticket) {
      return new Job(kind, phase, attempt, leased, journal, lock, ticket, events, made);
    }

    Job journaled(String entry) {
      return new Job(
          kind, phase, attempt, leased, added(journal, entry), lock, ticket, events, made);
    }

    Job events(List<Event> events) {
      return new Job(kind, phase, attempt, leased, journal, lock, ticket, events, made);
    }

    Job event(int index, Event event) {
      return events(replaced(events, index, event));
    }

    Job made(Made made) {
      return new Job(kind, phase, attempt, leased, journal, lock, ticket, events, made);
    }
  }

  /**
   * One attempt in a worker's memory.
   *
   * @param next what it does next
   * @param leaseOver what its own clock says
   */
  record Run(int job, int attempt, String next, boolean leaseOver) {
    Run next(String step) {
      return new Run(job, attempt, step, leaseOver);
    }
  }

  /** The broker has confirmed this event; the round has not marked it yet. */
  record Relay(int job, int event) {}

  /** Two messages of one command, and a seal that was accepted before. */
  static State first(int faults) {
    return new State(
        List.of(Where.QUEUED, Where.QUEUED),
        List.of(Job.accepted(Kind.SEAL)),
        List.of(),
        null,
        true,
        false,
        faults);
  }

  State message(int index, Where where) {
    List<Where> sorted = replaced(messages, index, where).stream().sorted().toList();
    return new State(sorted, jobs, runs, relay, source, late, faults);
  }

  State job(int index, UnaryOperator<Job> change) {
    return jobs(replaced(jobs, index, change.apply(jobs.get(index))));
  }

  State jobs(List<Job> jobs) {
    return new State(messages, jobs, runs, relay, source, late, faults);
  }

  State begin(Run run) {
    return runs(added(runs, run));
  }

  State run(Run run, Run next) {
    return runs(replaced(runs, runs.indexOf(run), next));
  }

  State stop(Run run) {
    List<Run> others = new ArrayList<>(runs);
    others.remove(run);
    return runs(others);
  }

  private State runs(List<Run> runs) {
    List<Run> sorted =
        runs.stream()
            .sorted(Comparator.comparingInt(Run::job).thenComparingInt(Run::attempt))
            .toList();
    return new State(messages, jobs, sorted, relay, source, late, faults);
  }

  State relay(@Nullable Relay relay) {
    return new State(messages, jobs, runs, relay, source, late, faults);
  }

  State source(boolean source) {
    return new State(messages, jobs, runs, relay, source, late, faults);
  }

  State late(boolean now) {
    return new State(messages, jobs, runs, relay, source, late || now, faults);
  }

  State fault() {
    return new State(messages, jobs, runs, relay, source, late, faults - 1);
  }

  static <T> List<T> replaced(List<T> list, int index, T value) {
    List<T> changed = new ArrayList<>(list);
    changed.set(index, value);
    return List.copyOf(changed);
  }

  static <T> List<T> added(List<T> list, T value) {
    List<T> changed = new ArrayList<>(list);
    changed.add(value);
    return List.copyOf(changed);
  }
}
