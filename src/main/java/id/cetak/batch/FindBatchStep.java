package id.cetak.batch;

import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.job.MemberStore;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.time.Duration;
import java.util.UUID;

/** Finds the batch whose clones are to go; one that still makes some is waited for. */
final class FindBatchStep implements Step {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(2);

  private final MemberStore members;
  private final String host;

  FindBatchStep(MemberStore members, String host) {
    this.members = members;
    this.host = host;
  }

  /** The batch's job. */
  record Target(UUID batch) {}

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public Target run(Run run) {
    Command.DeleteBatch command = run.command(Command.DeleteBatch.class);
    MemberStore.Found found =
        members
            .find(command.batch())
            .orElseThrow(
                () -> unknown(command, "no batch was asked for under this id. Correct the id"));
    if (!found.host().equals(host)) {
      throw unknown(
          command,
          "it is on host %s. Send the command to that host, or to any".formatted(found.host()));
    }
    if (!found.ended()) {
      throw new NotYet(
          "batch:" + command.batch(),
          "Batch %s has not ended yet. Its clones are removed when it has; cancel it to end it now."
              .formatted(command.batch()),
          ASK_AGAIN);
    }
    return new Target(found.id());
  }

  /** Looking leaves nothing behind. */
  @Override
  public void undo(Run run) {}

  private static Failure unknown(Command.DeleteBatch command, String why) {
    return new Failure(
        FailureCode.BATCH_UNKNOWN, "Deletion of batch %s: %s.".formatted(command.batch(), why));
  }
}
