package id.cetak.template;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts up the barrier's file layers and reads them back. */
final class BarrierStep implements Step {
  private final Barrier barrier;
  private final Class<? extends VersionPlan> planType;

  BarrierStep(Barrier barrier, Class<? extends VersionPlan> planType) {
    this.barrier = barrier;
    this.planType = planType;
  }

  @Override
  public String name() {
    return "barrier";
  }

  @Override
  public @Nullable Object run(Run run) {
    barrier.seal(run.jobId());
    List<String> faults = barrier.faults(run.jobId());
    if (!faults.isEmpty()) {
      throw new Failure(
          FailureCode.BARRIER_MISSING,
          "%s: the barrier was put up but does not hold: %s. Look at the file system of the images."
              .formatted(run.plan(planType).what(), String.join("; ", faults)));
    }
    return null;
  }

  @Override
  public void undo(Run run) {
    barrier.unseal(run.jobId());
  }
}
