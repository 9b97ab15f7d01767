package id.cetak.template;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/**
 * Takes the version for this job: from here on nobody repairs its barrier, judges its files, or
 * casts from it.
 */
final class RetireClaimStep implements Step {
  private final WithdrawalStore withdrawals;

  RetireClaimStep(WithdrawalStore withdrawals) {
    this.withdrawals = withdrawals;
  }

  @Override
  public String name() {
    return "claim";
  }

  @Override
  public @Nullable Object run(Run run) {
    RetirePlan plan = run.plan(RetirePlan.class);
    if (!withdrawals.beginRetirement(
        new Retirement(run.jobId(), run.attempt(), run.lockFence(), plan.id()))) {
      run.check();
      throw new Failure(
          FailureCode.HAS_DEPENDANTS,
          "Retirement of %s: a clone came to depend on it after it was looked at. Send the command again under a new id for the list."
              .formatted(plan.label()));
    }
    return null;
  }

  @Override
  public void undo(Run run) {
    withdrawals.abandonRetirement(run.jobId(), run.attempt());
  }
}
