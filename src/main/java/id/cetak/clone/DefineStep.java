package id.cetak.clone;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes the domain known to libvirt. It comes after all files, so that whoever sees the domain sees
 * a whole one. The domain's UUID is the job's id: a domain with that UUID is ours, and no other is
 * ever touched.
 */
class DefineStep implements Step {
  private final Hypervisor hypervisor;

  DefineStep(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  @Override
  public String name() {
    return "define";
  }

  @Override
  public boolean cheap() {
    return true;
  }

  @Override
  public @Nullable Object run(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    // define returns when libvirt has answered with the domain; VerifyStep reads all of it back.
    if (!hypervisor.exists(plan.id())) {
      run.check();
      hypervisor.define(plan.domainXml());
    }
    return null;
  }

  @Override
  public void undo(Run run) {
    UUID id = run.jobId();
    if (hypervisor.exists(id)) {
      run.check();
      hypervisor.destroy(id);
      hypervisor.undefine(id);
      if (hypervisor.exists(id)) {
        throw new Failure(
            FailureCode.OUTCOME_UNKNOWN,
            "Domain %s: it was undefined, but libvirt still knows it. Looked at again."
                .formatted(id));
      }
    }
  }
}
