package id.cetak.clone;

import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Removes the clone's folder: its disks, seed and UEFI variables, and nothing else. */
class RemoveFilesStep implements Step {
  private final Images images;

  RemoveFilesStep(Images images) {
    this.images = images;
  }

  @Override
  public String name() {
    return "files";
  }

  @Override
  public boolean reversible() {
    return false;
  }

  @Override
  public boolean cheap() {
    return true;
  }

  @Override
  public @Nullable Object run(Run run) {
    run.check();
    images.remove(run.plan(DeletePlan.class).files().folder());
    return null;
  }

  /** Cannot be taken back; the workflow never asks for it. */
  @Override
  public void undo(Run run) {
    throw new IllegalStateException("Removed files cannot be brought back");
  }
}
