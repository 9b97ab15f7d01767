package id.cetak.batch;

import id.cetak.command.CommandType;
import id.cetak.job.MemberStore;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;

/** Removes the batch's clones, each by a job of its own, and waits until all have ended. */
final class DeleteMembersStep implements Step {
  private final MemberStore members;
  private final Removal removal;

  DeleteMembersStep(MemberStore members, Removal removal) {
    this.members = members;
    this.removal = removal;
  }

  @Override
  public String name() {
    return "members";
  }

  @Override
  public Tally run(Run run) {
    if (removal.tally(run).total() == 0) {
      removal.spawn(run, run.plan(FindBatchStep.Target.class).batch());
    }
    Tally tally = removal.tally(run);
    if (tally.waiting() > 0) {
      throw Batches.waitFor(run, "deletions", tally);
    }
    return tally;
  }

  /** What is gone stays gone; what has not begun is left alone. */
  @Override
  public void undo(Run run) {
    members.stop(Batches.of(run), CommandType.DELETE, true);
    Tally tally = removal.tally(run);
    if (tally.waiting() > 0) {
      throw Batches.waitFor(run, "deletions", tally);
    }
  }
}
