package id.cetak.clone;

import id.cetak.command.Command;
import id.cetak.hypervisor.Images;
import id.cetak.identity.SeedFiles;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/**
 * Makes the image that tells the guest who it is. A guest without cloud-init gets one too: its
 * first-boot unit reads the host name there.
 */
class SeedStep implements Step {
  private final Images images;

  SeedStep(Images images) {
    this.images = images;
  }

  @Override
  public String name() {
    return "seed";
  }

  /** The caller's files are taken from the command, so that secrets stand in one place only. */
  @Override
  public @Nullable Object run(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    var given = run.command(Command.Clone.class).cloudInit();
    run.check();
    images.seed(plan.files().seed(), SeedFiles.of(plan.identity(), given), run);
    return null;
  }

  /** Nothing of its own: the file lies in the folder that {@link DisksStep} removes after this. */
  @Override
  public void undo(Run run) {}
}
