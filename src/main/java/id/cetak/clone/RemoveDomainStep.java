package id.cetak.clone;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Takes the clone's power and its definition away, so that its files are nobody's any more. */
class RemoveDomainStep implements Step {
  private final Hypervisor hypervisor;

  RemoveDomainStep(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  @Override
  public String name() {
    return "domain";
  }

  @Override
  public boolean reversible() {
    return false;
  }

  @Override
  public @Nullable Object run(Run run) {
    DeletePlan plan = run.plan(DeletePlan.class);
    if (hypervisor.find(plan.cloneId()).isPresent()) {
      hypervisor.destroy(plan.cloneId());
      hypervisor.undefine(plan.cloneId());
      if (hypervisor.find(plan.cloneId()).isPresent()) {
        throw new Failure(
            FailureCode.OUTCOME_UNKNOWN,
            "Domain %s: it was undefined, but libvirt still knows it. Looked at again."
                .formatted(plan.cloneId()));
      }
    }
    return null;
  }

  /** Cannot be taken back; the workflow never asks for it. */
  @Override
  public void undo(Run run) {
    throw new IllegalStateException("A removed domain cannot be brought back");
  }
}
