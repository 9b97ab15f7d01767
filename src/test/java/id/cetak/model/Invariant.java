package id.cetak.model;

import id.cetak.model.State.Event;
import id.cetak.model.State.Job;
import id.cetak.model.State.Kind;
import id.cetak.model.State.Lock;
import id.cetak.model.State.Made;
import id.cetak.model.State.Phase;
import id.cetak.model.State.Where;

/** What must hold in every state, by the names of docs/invariants.md. */
enum Invariant {
  I1("an acknowledged command is a job"),
  I2("an ended command has one event id, and what counts as sent was published"),
  I3("completed: exactly what was planned; failed: nothing"),
  I5("what is announced as sealed, or whose source is gone, stands behind its barrier"),
  I7("an attempt that is not the newest writes and touches nothing"),
  I8("the effects of a seal and of a clone never overlap");

  final String words;

  Invariant(String words) {
    this.words = words;
  }

  boolean holds(State state) {
    return switch (this) {
      case I1 ->
          state.messages().stream().noneMatch(m -> m == Where.ACKED)
              || state.jobs().stream().anyMatch(j -> j.kind() == Kind.CLONE);
      case I2 -> told(state);
      case I3 -> whole(state);
      case I5 -> walled(state);
      case I7 -> !state.late();
      case I8 -> !(open(state, Kind.SEAL) && open(state, Kind.CLONE));
    };
  }

  private static boolean walled(State state) {
    return state.jobs().stream()
        .filter(j -> j.kind() == Kind.SEAL)
        .allMatch(
            j ->
                (state.source() && j.phase() != Phase.COMPLETED)
                    || (j.made().disk() && j.made().barrier()));
  }

  /** I9: where every job has ended, every event is sent and no message is left. */
  static boolean end(State state) {
    return state.messages().stream().allMatch(m -> m == Where.ACKED)
        && state.jobs().stream()
            .allMatch(
                j ->
                    j.phase().ended()
                        && j.lock() == Lock.NONE
                        && j.events().stream().allMatch(Event::sent));
  }

  private static boolean told(State state) {
    for (Kind kind : Kind.values()) {
      if (state.jobs().stream().filter(j -> j.kind() == kind).mapToLong(Invariant::ids).sum() > 1) {
        return false;
      }
    }
    return state.jobs().stream()
        .allMatch(
            j ->
                j.phase().ended() == !j.events().isEmpty()
                    && j.events().stream().allMatch(e -> e.published() || !e.sent()));
  }

  private static long ids(Job job) {
    return job.events().stream().mapToInt(Event::id).distinct().count();
  }

  private static boolean whole(State state) {
    int domains = 0;
    for (Job job : state.jobs()) {
      Made made = job.made();
      domains += made.domains();
      boolean sound =
          switch (job.phase()) {
            case COMPLETED ->
                job.kind() == Kind.CLONE
                    ? made.equals(new Made(true, 1, false))
                    : made.equals(new Made(true, 0, true)) && !state.source();
            case FAILED ->
                made.equals(Made.NOTHING) && (job.kind() == Kind.CLONE || state.source());
            default -> true;
          };
      if (!sound) {
        return false;
      }
    }
    return domains <= 1;
  }

  private static boolean open(State state, Kind kind) {
    return state.jobs().stream()
        .anyMatch(j -> j.kind() == kind && !j.phase().ended() && !j.made().equals(Made.NOTHING));
  }
}
