package id.cetak.clone;

import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Makes the clone's disk images: overlays on the sealed images, or copies of them. */
class DisksStep implements Step {
  private final Images images;

  DisksStep(Images images) {
    this.images = images;
  }

  @Override
  public String name() {
    return "disks";
  }

  /** An image that is there already is whole, because it gets its name last: it is left. */
  @Override
  public @Nullable Object run(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    for (PlannedDisk disk : plan.disks()) {
      run.check();
      switch (plan.disk()) {
        case LINKED ->
            images.overlay(
                disk.image(), disk.sealed(), disk.sealedFormat(), disk.wantedBytes(), run);
        case FULL ->
            images.copy(disk.sealed(), disk.sealedFormat(), disk.image(), disk.wantedBytes(), run);
      }
    }
    return null;
  }

  /** The clone's folder goes as a whole, with the halves of files that a crash left. */
  @Override
  public void undo(Run run) {
    run.check();
    images.remove(run.plan(ClonePlan.class).files().folder());
  }
}
