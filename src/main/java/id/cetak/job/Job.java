package id.cetak.job;

import id.cetak.command.Command;
import id.cetak.workflow.Verdict;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as it was claimed.
 *
 * @param attempt the fence that this claim carries
 * @param failures attempts that failed so far, lost workers included
 * @param age since the command was accepted, by the database's clock
 * @param remaining until the deadline, by the database's clock; negative when it has passed
 * @param verdict set when the job is to be undone
 * @param batch the job that this one is a member of
 * @param wholeFleet whether the command was sent to any worker, rather than to this host
 */
record Job(
    UUID id,
    Command command,
    JobState state,
    int attempt,
    int failures,
    Duration age,
    Duration remaining,
    boolean cancelRequested,
    @Nullable Verdict verdict,
    Caller caller,
    @Nullable UUID batch,
    boolean wholeFleet) {
  /** Who asked, and where the outcome goes besides {@code cetak.events}. */
  record Caller(
      @Nullable String replyTo,
      @Nullable String correlationId,
      @Nullable String traceparent,
      @Nullable String producer) {}

  /** Whether another job waits for this one, and holds the template's lock for it. */
  boolean isMember() {
    return batch != null;
  }
}
