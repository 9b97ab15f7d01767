package id.cetak.clone;

import id.cetak.hypervisor.Hypervisor;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Starts the clone, when the command says so. */
class StartStep implements Step {
  private final Hypervisor hypervisor;

  StartStep(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  @Override
  public String name() {
    return "start";
  }

  @Override
  public @Nullable Object run(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    if (plan.start()) {
      run.check();
      hypervisor.start(plan.id());
    }
    return null;
  }

  @Override
  public void undo(Run run) {
    if (hypervisor.exists(run.jobId())) {
      run.check();
      hypervisor.destroy(run.jobId());
    }
  }
}
