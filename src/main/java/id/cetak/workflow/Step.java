package id.cetak.workflow;

import org.jspecify.annotations.Nullable;

/**
 * One outside effect. {@link #run} and {@link #undo} look, act and look again: either may be called
 * when the effect is there already, half there, or not there at all, because a worker can die
 * between the effect and its journal entry.
 */
public interface Step {
  /** Stored in the journal, and never renamed. */
  String name();

  /**
   * Makes the effect.
   *
   * @throws NotYet when the job has to wait; it is parked, and the step is run again
   * @return what later steps need, journaled as JSON; null for nothing
   */
  @Nullable Object run(Run run);

  /**
   * Removes the effect; quiet when there is none.
   *
   * @throws NotYet when the job has to wait; the undo goes on later
   */
  void undo(Run run);

  /**
   * False when the effect cannot be taken back. From the moment that such a step begins, its job
   * can only end well: neither a cancel nor a deadline stops it, and a failure is tried again.
   */
  default boolean reversible() {
    return true;
  }

  /**
   * True when the effect is rows of the database alone. It is then made in the transaction that
   * journals it: one commit, and neither is there without the other.
   */
  default boolean transactional() {
    return false;
  }

  /**
   * True when running the step once more costs next to nothing. Its journal entry is then written
   * together with a later one, at the latest with the job's end: a worker that dies in between has
   * the step looked at again, and undone if need be.
   */
  default boolean cheap() {
    return false;
  }
}
