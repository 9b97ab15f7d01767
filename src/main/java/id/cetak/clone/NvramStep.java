package id.cetak.clone;

import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Copies the template's UEFI variables: made anew, they would lack its boot entries and keys. */
class NvramStep implements Step {
  private final Images images;

  NvramStep(Images images) {
    this.images = images;
  }

  @Override
  public String name() {
    return "nvram";
  }

  @Override
  public boolean cheap() {
    return true;
  }

  @Override
  public @Nullable Object run(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    Path sealed = plan.sealedNvram();
    if (sealed != null) {
      run.check();
      images.duplicate(sealed, plan.files().nvram());
    }
    return null;
  }

  /** Nothing of its own: the file lies in the folder that {@link DisksStep} removes after this. */
  @Override
  public void undo(Run run) {}
}
