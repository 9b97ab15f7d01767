package id.cetak.batch;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.job.MemberStore;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Run;
import java.time.Duration;

/** What the steps of batches have in common. */
final class Batches {
  /** How often a batch looks at its members; the last one that ends wakes it sooner. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private Batches() {}

  static MemberStore.Batch of(Run run) {
    return new MemberStore.Batch(run.jobId(), run.attempt());
  }

  static void demandMine(boolean mine, Run run) {
    if (!mine) {
      throw new Failure(
          FailureCode.OUTCOME_UNKNOWN,
          "Batch job %s: another attempt than %d has it. Looked at again."
              .formatted(run.jobId(), run.attempt()));
    }
  }

  static NotYet waitFor(Run run, String what, Tally tally) {
    return new NotYet(
        "batch:" + run.jobId(),
        "%d of %d %s have not ended yet.".formatted(tally.waiting(), tally.total(), what),
        LOOK);
  }
}
