package id.cetak.template;

import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Removes what was needed on the way, and is not any more. */
final class TidyStep implements Step {
  private final Images images;
  private final Class<? extends VersionPlan> planType;

  TidyStep(Images images, Class<? extends VersionPlan> planType) {
    this.images = images;
    this.planType = planType;
  }

  @Override
  public String name() {
    return "tidy";
  }

  @Override
  public @Nullable Object run(Run run) {
    images.remove(run.plan(planType).work());
    return null;
  }

  /** There is nothing to bring back. */
  @Override
  public void undo(Run run) {}
}
