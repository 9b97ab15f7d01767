package id.cetak.template;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/**
 * Makes the version's own images, which depend on no other file, and proves that the source did not
 * change meanwhile.
 */
final class FlattenStep implements Step {
  private final Images images;
  private final Barrier barrier;

  FlattenStep(Images images, Barrier barrier) {
    this.images = images;
    this.barrier = barrier;
  }

  @Override
  public String name() {
    return "flatten";
  }

  @Override
  public @Nullable Object run(Run run) {
    SealPlan plan = run.plan(SealPlan.class);
    for (int n = 0; n < plan.disks().size(); n++) {
      String name = SealPlan.diskName(n);
      images.copy(plan.work().resolve(name), "qcow2", plan.folder().resolve(name), 0, run);
    }
    if (plan.nvram() != null) {
      images.duplicate(plan.nvram(), plan.folder().resolve(SealPlan.NVRAM));
    }
    for (SealPlan.PlannedDisk disk : plan.disks()) {
      if (!barrier.fingerprint(disk.source()).equals(disk.fingerprint())) {
        throw new Failure(
            FailureCode.DOMAIN_RUNNING,
            "Seal of template '%s': disk %s of the domain was written or started while it was read. Leave the domain off and send the command again under a new id."
                .formatted(plan.template(), disk.target()));
      }
    }
    return null;
  }

  @Override
  public void undo(Run run) {
    run.result("plan", SealPlan.class).ifPresent(plan -> images.remove(plan.folder()));
  }
}
