package id.cetak.template;

import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts an overlay on each disk, so that the source stays bit-identical while the guest is cleaned.
 */
final class OverlayStep implements Step {
  private final Images images;

  OverlayStep(Images images) {
    this.images = images;
  }

  @Override
  public String name() {
    return "overlay";
  }

  @Override
  public @Nullable Object run(Run run) {
    SealPlan plan = run.plan(SealPlan.class);
    for (int n = 0; n < plan.disks().size(); n++) {
      SealPlan.PlannedDisk disk = plan.disks().get(n);
      images.overlay(
          plan.work().resolve(SealPlan.diskName(n)), disk.source(), disk.format(), 0, run);
    }
    images.settle(plan.work());
    return null;
  }

  @Override
  public void undo(Run run) {
    run.result("plan", SealPlan.class).ifPresent(plan -> images.remove(plan.work()));
  }

  /** The overlays, as the guest tools take them. */
  static List<GuestDisk> overlays(SealPlan plan) {
    return IntStream.range(0, plan.disks().size())
        .mapToObj(n -> new GuestDisk(plan.work().resolve(SealPlan.diskName(n)), "qcow2"))
        .toList();
  }
}
