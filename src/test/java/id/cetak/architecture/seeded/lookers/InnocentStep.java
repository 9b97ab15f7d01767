package id.cetak.architecture.seeded.lookers;

import id.cetak.hypervisor.Hypervisor;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

final class InnocentStep implements Step {
  private final Hypervisor hypervisor;

  InnocentStep(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  @Override
  public String name() {
    return "start";
  }

  @Override
  public @Nullable Object run(Run run) {
    hypervisor.start(run.jobId());
    return null;
  }

  @Override
  public void undo(Run run) {
    hypervisor.destroy(run.jobId());
  }
}
