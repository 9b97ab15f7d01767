package id.cetak.batch;

import id.cetak.command.Command;
import id.cetak.command.Command.OnFailure;
import id.cetak.command.CommandType;
import id.cetak.job.MemberStore;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Makes the jobs of all clones, in one transaction. */
final class SpawnStep implements Step {
  private final MemberStore members;
  private final Seats seats;
  private final Removal removal;

  SpawnStep(MemberStore members, Seats seats, Removal removal) {
    this.members = members;
    this.seats = seats;
    this.removal = removal;
  }

  @Override
  public String name() {
    return "spawn";
  }

  @Override
  public @Nullable Object run(Run run) {
    Command.CloneBatch batch = run.command(Command.CloneBatch.class);
    int version = run.plan(BatchPlan.class).version();
    Batches.demandMine(
        members.spawn(
            Batches.of(run),
            CommandType.CLONE,
            seats.shared(batch, version),
            seats.members(run.jobId(), batch, version)),
        run);
    return null;
  }

  /**
   * Ends the clones that have not ended, and removes the others where that was asked for: by the
   * policy of the batch, or by who cancelled it.
   */
  @Override
  public void undo(Run run) {
    members.stop(Batches.of(run), CommandType.CLONE, true);
    Tally tally = Tally.of(CommandType.CLONE, members.tally(run.jobId()));
    if (tally.waiting() > 0) {
      throw Batches.waitFor(run, "clones", tally);
    }
    boolean rollback =
        run.command(Command.CloneBatch.class).onFailure() == OnFailure.ROLLBACK
            && tally.failed() > 0;
    if (rollback || members.removalAsked(run.jobId())) {
      removal.removeClones(run);
    }
  }
}
