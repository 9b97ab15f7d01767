package id.cetak.faults;

import java.util.Set;

/** What is done while a worker stands at a place. */
interface Fault {
  /** What happens, as a clause. */
  String words();

  /** Does it, lets the worker go, and waits until that has had its effect. */
  void strike(World world, Scene scene) throws Exception;

  /** Makes whole what it broke, also when it struck by half. */
  default void heal(World world) throws Exception {}

  Ending ending();

  /** How a job may end that it strikes. */
  enum Ending {
    WELL,
    WELL_OR_FAILED,
    FAILED,
    UNDONE;

    /** The last words of the types of events that tell of it. */
    Set<String> words() {
      return switch (this) {
        case WELL -> Set.of("completed");
        case WELL_OR_FAILED -> Set.of("completed", "failed");
        case FAILED -> Set.of("failed");
        case UNDONE -> Set.of("failed", "cancelled");
      };
    }
  }
}
