package id.cetak.template;

import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Removes the overlays, which nothing needs any more. */
final class TidyStep implements Step {
  private final Images images;

  TidyStep(Images images) {
    this.images = images;
  }

  @Override
  public String name() {
    return "tidy";
  }

  @Override
  public @Nullable Object run(Run run) {
    images.remove(run.plan(SealPlan.class).work());
    return null;
  }

  /** There is nothing to bring back. */
  @Override
  public void undo(Run run) {}
}
