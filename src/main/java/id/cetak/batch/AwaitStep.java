package id.cetak.batch;

import id.cetak.admission.Admission;
import id.cetak.command.Command;
import id.cetak.command.Command.OnFailure;
import id.cetak.command.CommandType;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.job.MemberStore;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Waits until every clone has ended, tells how far it is, and does what the command says when one
 * fails. Holds no run slot meanwhile: the job is parked, and looks once a second.
 */
final class AwaitStep implements Step {
  private final MemberStore members;
  private final Admission admission;
  private final Progress progress;

  /** What was told last; only so that the same is not told again. */
  private final Map<UUID, Tally> told = new ConcurrentHashMap<>();

  AwaitStep(MemberStore members, Admission admission, Progress progress) {
    this.members = members;
    this.admission = admission;
    this.progress = progress;
  }

  @Override
  public String name() {
    return "await";
  }

  @Override
  public Tally run(Run run) {
    Command.CloneBatch batch = run.command(Command.CloneBatch.class);
    Tally tally = Tally.of(CommandType.CLONE, members.tally(run.jobId()));
    if (tally.failed() > 0 && batch.onFailure() == OnFailure.ROLLBACK) {
      told.remove(run.jobId());
      throw rolledBack(run, batch);
    }
    if (tally.waiting() == 0) {
      told.remove(run.jobId());
      return tally;
    }
    if (tally.failed() > 0 && batch.onFailure() == OnFailure.STOP) {
      members.stop(Batches.of(run), CommandType.CLONE, false);
    }
    if (!tally.equals(told.put(run.jobId(), tally))) {
      progress.tell(run, tally);
      admission.shrink(
          run.jobId(), run.attempt(), run.plan(BatchPlan.class).needOfOne().times(tally.waiting()));
    }
    throw Batches.waitFor(run, "clones", tally);
  }

  private Failure rolledBack(Run run, Command.CloneBatch batch) {
    MemberStore.Failed first = members.failures(run.jobId()).get(0);
    return new Failure(
        FailureCode.BATCH_ROLLED_BACK,
        "Batch %s: clone %s failed with %s, and onFailure is rollback. All its clones are removed; mend the cause and send the batch under a new id. %s"
            .formatted(batch.id(), first.subject(), first.code(), first.reason()));
  }

  /** {@link SpawnStep} ends and removes what it made. */
  @Override
  public void undo(Run run) {
    told.remove(run.jobId());
  }
}
