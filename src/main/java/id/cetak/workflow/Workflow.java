package id.cetak.workflow;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is done for one type of command, in order. */
public interface Workflow {
  CommandType serves();

  /**
   * The template lock that the job holds from before its first step until its end; empty for none.
   * Not asked for a job of a batch: the batch's own job holds the lock for all of them.
   */
  Optional<LockRequest> lock(Command command);

  /** The steps in order; the first one plans, and its journaled result is what all others go by. */
  List<Step> steps();

  /**
   * Called inside the transaction that ends the job well, after every effect was read back: turns
   * the feature's own rows and returns the terminal event. An exception here leaves the job as it
   * was.
   *
   * @return null when the job is a member whose maker tells what came of it; a command that was
   *     accepted always has its event
   */
  @Nullable Event completed(Run run);

  /**
   * A command that follows from the job's good end; its job is made in the same transaction, on the
   * same host, and its outcome goes where this one's went.
   */
  default Optional<Command> followUp(Run run) {
    return Optional.empty();
  }

  /**
   * Called inside the transaction that ends the job badly, after everything was undone; returns the
   * terminal event; null as above.
   */
  @Nullable Event failed(Run run, Verdict verdict);
}
