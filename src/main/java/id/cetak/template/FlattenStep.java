package id.cetak.template;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.List;
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
      images.copy(
          plan.work().resolve(name),
          "qcow2",
          plan.folder().resolve(name),
          0,
          CopyWatch.unheard(run));
    }
    if (plan.nvram() != null) {
      images.duplicate(plan.nvram(), plan.folder().resolve(SealPlan.NVRAM));
    }
    images.settle(plan.folder());
    demandUnchanged(run, plan);
    return null;
  }

  private void demandUnchanged(Run run, SealPlan plan) {
    List<String> before =
        run.result(ShutdownStep.NAME, ShutdownStep.Sources.class).orElseThrow().fingerprints();
    for (int n = 0; n < plan.disks().size(); n++) {
      SealPlan.PlannedDisk disk = plan.disks().get(n);
      if (!barrier.fingerprint(disk.source()).equals(before.get(n))) {
        throw new Failure(
            FailureCode.DOMAIN_RUNNING,
            "Seal of template '%s': disk %s of the domain was written or started while it was read. Leave the domain off and send the command again under a new id."
                .formatted(plan.template(), disk.target()));
      }
    }
  }

  @Override
  public void undo(Run run) {
    run.result("plan", SealPlan.class).ifPresent(plan -> images.remove(plan.folder()));
  }
}
