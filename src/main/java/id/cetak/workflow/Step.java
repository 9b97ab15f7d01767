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
   * @return what later steps need, journaled as JSON; null for nothing
   */
  @Nullable Object run(Run run);

  /** Removes the effect; quiet when there is none. */
  void undo(Run run);

  /**
   * False when the effect cannot be taken back. From the moment that such a step begins, its job
   * can only end well: neither a cancel nor a deadline stops it, and a failure is tried again.
   */
  default boolean reversible() {
    return true;
  }
}
