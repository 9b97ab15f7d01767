package id.cetak.model;

import id.cetak.model.State.Event;
import id.cetak.model.State.Job;
import id.cetak.model.State.Kind;
import id.cetak.model.State.Lock;
import id.cetak.model.State.Phase;
import id.cetak.model.State.Relay;
import id.cetak.model.State.Run;
import id.cetak.model.State.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What can happen next. A transaction is one action; so is a look with the effect it is for. */
final class Protocol {
  private static final int WORKERS = 2;

  private final @Nullable Guard without;

  /**
   * @param without the guard that is left out
   */
  Protocol(@Nullable Guard without) {
    this.without = without;
  }

  /**
   * Something that can happen.
   *
   * @param fault whether it is something that goes wrong
   */
  record Action(String words, boolean fault, State then) {}

  List<Action> next(State state) {
    Moves moves = new Moves(state);
    for (int message = 0; message < state.messages().size(); message++) {
      moves.intake(message);
    }
    for (int job = 0; job < state.jobs().size(); job++) {
      moves.claim(job);
      moves.time(job);
    }
    for (Run run : state.runs()) {
      moves.run(run);
      moves.fault(moves.name(run) + "the worker is killed", state.stop(run));
    }
    moves.relay();
    return moves.found;
  }

  private boolean has(Guard guard) {
    return without != guard;
  }

  /** The steps of a job's forward way, in order. */
  private List<String> steps(Kind kind) {
    if (kind == Kind.CLONE) {
      return List.of("plan", "disk", "domain");
    }
    return has(Guard.BARRIER_BEFORE_CONSUME)
        ? List.of("plan", "image", "barrier", "consume")
        : List.of("plan", "image", "consume", "barrier");
  }

  /** Whose entry is written with the job's end. */
  private static boolean cheap(String step) {
    return step.equals("disk") || step.equals("domain");
  }

  private static List<String> undoing(Kind kind) {
    return kind == Kind.CLONE
        ? List.of("undo domain", "undo disk")
        : List.of("undo barrier", "undo image");
  }

  private final class Moves {
    private final State state;
    private final List<Action> found = new ArrayList<>();

    Moves(State state) {
      this.state = state;
    }

    private void add(String words, State then) {
      found.add(new Action(words, false, then));
    }

    void fault(String words, State then) {
      if (state.faults() > 0) {
        found.add(new Action(words, true, then.fault()));
      }
    }

    void intake(int index) {
      Where where = state.messages().get(index);
      switch (where) {
        case QUEUED -> {
          add(
              "a clone comes, and is accepted in a transaction",
              accept().message(index, Where.COMMITTED));
          if (!has(Guard.ACK_AFTER_COMMIT)) {
            add("a clone comes, and is acknowledged", state.message(index, Where.ACKED));
          }
        }
        case COMMITTED -> {
          add("the clone's message is acknowledged", state.message(index, Where.ACKED));
          fault("the clone's message goes back to its queue", state.message(index, Where.QUEUED));
        }
        case ACKED -> {}
      }
    }

    private State accept() {
      for (int job = 0; job < state.jobs().size(); job++) {
        if (state.jobs().get(job).kind() == Kind.CLONE && has(Guard.ONE_JOB_PER_COMMAND)) {
          // Its outcome, when there is one, is told again.
          return state.jobs().get(job).phase().ended() ? state.job(job, this::repeated) : state;
        }
      }
      return state.jobs(State.added(state.jobs(), Job.accepted(Kind.CLONE)));
    }

    private Job repeated(Job job) {
      return job.events(
          job.events().stream().map(e -> new Event(e.id(), false, e.published())).toList());
    }

    void claim(int index) {
      Job job = state.jobs().get(index);
      boolean due =
          switch (job.phase()) {
            case QUEUED -> true;
            case PARKED -> grantable(index, job.ticket());
            case RUNNING, UNDOING -> !job.leased() && has(Guard.LOST_ONES_ARE_CLAIMED);
            case COMPLETED, FAILED -> false;
          };
      if (due && state.runs().size() < WORKERS) {
        String first = job.phase() == Phase.UNDOING ? undoing(job.kind()).get(0) : "lock";
        add(
            "a worker claims attempt %d of %s".formatted(job.attempt() + 1, name(index)),
            state.job(index, Job::claimed).begin(new Run(index, job.attempt() + 1, first, false)));
      }
    }

    String name(int index) {
      return "%s (job %d)".formatted(state.jobs().get(index).kind(), index);
    }

    String name(Run run) {
      return "attempt %d of %s: ".formatted(run.attempt(), name(run.job()));
    }

    void run(Run run) {
      Job job = state.jobs().get(run.job());
      String who = name(run);
      String step = run.next();
      boolean stopped = run.leaseOver() && has(Guard.LEASE_BEFORE_EFFECT);
      if (step.startsWith("journal ")) {
        journal(run, who, step.substring("journal ".length()));
      } else if (step.equals("finish")) {
        end(run, who, Phase.RUNNING, Phase.COMPLETED);
      } else if (step.equals("fail")) {
        end(run, who, Phase.UNDOING, Phase.FAILED);
      } else if (step.equals("event")) {
        add(who + "stores the event", event(state, run).stop(run));
      } else if (stopped) {
        add(who + "sees that its lease is over, and stops", state.stop(run));
      } else if (step.equals("lock")) {
        lock(run, who);
      } else if (step.equals("plan")) {
        journal(run, who, step);
        condemn(run, who);
      } else if (step.startsWith("undo ")) {
        undo(run, who, step);
      } else {
        forward(run, who, step);
        if (!job.journal().contains("consume:begun")) {
          condemn(run, who);
        }
      }
    }

    private void lock(Run run, String who) {
      Job job = state.jobs().get(run.job());
      int ticket =
          job.lock() != Lock.NONE
              ? job.ticket()
              : 1 + state.jobs().stream().mapToInt(Job::ticket).max().orElse(0);
      if (job.lock() == Lock.HELD || grantable(run.job(), ticket)) {
        String first = next(job, "lock");
        State held = state.job(run.job(), j -> j.lock(Lock.HELD, ticket));
        add(who + "has the lock", held.late(late(run)).run(run, run.next(first)));
      } else if (mine(run, Phase.RUNNING)) {
        State parked = state.job(run.job(), j -> j.lock(Lock.ASKED, ticket).in(Phase.PARKED));
        add(who + "finds the template locked, and parks", parked.stop(run));
      } else {
        add(who + "has lost its job, and stops", state.stop(run));
      }
    }

    private boolean grantable(int index, int ticket) {
      Job job = state.jobs().get(index);
      for (int other = 0; other < state.jobs().size(); other++) {
        Job theirs = state.jobs().get(other);
        boolean share =
            !has(Guard.EXCLUSIVE_LOCK) || (job.kind() == Kind.CLONE && theirs.kind() == Kind.CLONE);
        boolean ahead = theirs.lock() == Lock.ASKED && theirs.ticket() < ticket;
        if (other != index && !share && (theirs.lock() == Lock.HELD || ahead)) {
          return false;
        }
      }
      return true;
    }

    private String next(Job job, String after) {
      List<String> steps = steps(job.kind());
      for (String step : steps.subList(steps.indexOf(after) + 1, steps.size())) {
        if (!job.journal().contains(step)) {
          boolean begin = step.equals("consume") && !job.journal().contains("consume:begun");
          return begin && has(Guard.BEGINNING_JOURNALED) ? "journal consume:begun" : step;
        }
      }
      return "finish";
    }

    private void forward(Run run, String who, String step) {
      Job job = state.jobs().get(run.job());
      State done =
          switch (step) {
            case "disk", "image" -> make(run, m -> new State.Made(true, m.domains(), m.barrier()));
            case "domain" -> make(run, m -> new State.Made(m.disk(), domains(m), m.barrier()));
            case "barrier" -> make(run, m -> new State.Made(m.disk(), m.domains(), true));
            case "consume" -> state.source(false);
            default -> throw new IllegalStateException(step);
          };
      String then = cheap(step) ? next(job, step) : "journal " + step;
      add(
          who + "makes the effect of '" + step + "'",
          done.late(late(run)).run(run, run.next(then)));
    }

    private int domains(State.Made made) {
      return has(Guard.EFFECTS_BY_THE_JOBS_ID) ? 1 : made.domains() + 1;
    }

    private State make(Run run, UnaryOperator<State.Made> change) {
      return state.job(run.job(), job -> job.made(change.apply(job.made())));
    }

    private void journal(Run run, String who, String entry) {
      Job job = state.jobs().get(run.job());
      if (!mine(run, Phase.RUNNING) || !job.leased()) {
        add(who + "cannot journal, and stops", state.stop(run));
        return;
      }
      State then = state.job(run.job(), j -> j.journaled(entry));
      String step =
          entry.equals("consume:begun") ? "consume" : next(then.jobs().get(run.job()), entry);
      add(who + "journals '" + entry + "'", then.run(run, run.next(step)));
    }

    /** A failure for good, a cancel, or the deadline: whatever the reason is. */
    private void condemn(Run run, String who) {
      if (mine(run, Phase.RUNNING)) {
        String first =
            has(Guard.UNDONE_BEFORE_THE_END)
                ? undoing(state.jobs().get(run.job()).kind()).get(0)
                : "fail";
        add(
            who + "fails for good, and writes the verdict",
            state.job(run.job(), j -> j.in(Phase.UNDOING)).run(run, run.next(first)));
      }
    }

    private void undo(Run run, String who, String step) {
      State undone =
          switch (step) {
            case "undo domain" -> make(run, m -> new State.Made(m.disk(), 0, m.barrier()));
            case "undo barrier" -> make(run, m -> new State.Made(m.disk(), m.domains(), false));
            default -> make(run, m -> new State.Made(false, m.domains(), m.barrier()));
          };
      List<String> steps = undoing(state.jobs().get(run.job()).kind());
      int next = steps.indexOf(step) + 1;
      add(
          who + step,
          undone
              .late(late(run))
              .run(run, run.next(next < steps.size() ? steps.get(next) : "fail")));
    }

    private void end(Run run, String who, Phase from, Phase to) {
      if (has(Guard.FENCED_END) && !mine(run, from)) {
        add(who + "has lost its job, and stops", state.stop(run));
        return;
      }
      State ended =
          state
              .job(run.job(), j -> j.in(to).leased(false))
              .job(run.job(), j -> has(Guard.RELEASE_WITH_THE_END) ? j.lock(Lock.NONE, 0) : j)
              .late(late(run));
      add(
          who + "ends the job: " + to,
          has(Guard.EVENT_WITH_THE_END)
              ? event(ended, run).stop(run)
              : ended.run(run, run.next("event")));
    }

    private State event(State in, Run run) {
      return in.job(
          run.job(),
          j -> j.events(State.added(j.events(), new Event(run.attempt(), false, false))));
    }

    private boolean mine(Run run, Phase phase) {
      Job job = state.jobs().get(run.job());
      return job.attempt() == run.attempt() && job.phase() == phase;
    }

    private boolean late(Run run) {
      return state.jobs().get(run.job()).attempt() != run.attempt();
    }

    /** A round of the relay, of one event. */
    void relay() {
      Relay relay = state.relay();
      if (relay == null) {
        for (int job = 0; job < state.jobs().size(); job++) {
          List<Event> events = state.jobs().get(job).events();
          for (int event = 0; event < events.size(); event++) {
            if (!events.get(event).sent()) {
              publish(new Relay(job, event));
            }
          }
        }
        return;
      }
      add("relay: marks the event as sent", sent(state, relay).relay(null));
      fault("relay: is killed before it marks the event", state.relay(null));
    }

    private void publish(Relay relay) {
      String what = "relay: publishes the event of " + name(relay.job());
      State marked = has(Guard.SENT_AFTER_CONFIRM) ? state : sent(state, relay);
      State published = event(marked, relay, e -> new Event(e.id(), e.sent(), true));
      add(what + ", confirmed", published.relay(relay));
      fault(what + ", and the confirm is lost", published);
      fault(what + ", and the message is lost", marked);
    }

    private State sent(State in, Relay relay) {
      return event(in, relay, e -> new Event(e.id(), true, e.published()));
    }

    private State event(State in, Relay relay, UnaryOperator<Event> change) {
      return in.job(
          relay.job(), j -> j.event(relay.event(), change.apply(j.events().get(relay.event()))));
    }

    /** A lease runs out because nobody renews it, or while its worker is stopped. */
    void time(int index) {
      Job job = state.jobs().get(index);
      if (!job.leased()) {
        return;
      }
      State then = state.job(index, j -> j.leased(false));
      if (!has(Guard.LOCK_UNTIL_THE_END)) {
        then = then.job(index, j -> j.lock(Lock.NONE, 0));
      }
      Run living = null;
      for (Run run : state.runs()) {
        living = run.job() == index && run.attempt() == job.attempt() ? run : living;
      }
      if (living != null) {
        Run stopped = new Run(index, living.attempt(), living.next(), true);
        fault(
            "clock: the lease of %s runs out while its worker is stopped".formatted(name(index)),
            then.run(living, stopped));
      } else if (!job.phase().ended() && job.phase() != Phase.PARKED) {
        add("clock: the lease of %s runs out".formatted(name(index)), then);
      }
    }
  }
}
