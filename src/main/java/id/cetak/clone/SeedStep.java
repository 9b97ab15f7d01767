package id.cetak.clone;

import id.cetak.command.Command;
import id.cetak.hypervisor.Images;
import id.cetak.identity.SeedFiles;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the image that tells the guest who it is. A guest without cloud-init gets one too: its
 * first-boot unit reads the host name there.
 *
 * <p>It is the last of the clone's files: when it returns, all of them outlive a power cut. Each
 * was synced before it got its name, and their folder is settled here, once for all.
 */
class SeedStep implements Step {
  private final Images images;
  private final List<Step> earlier;

  /**
   * @param earlier the steps that make the clone's other files
   */
  SeedStep(Images images, List<Step> earlier) {
    this.images = images;
    this.earlier = List.copyOf(earlier);
  }

  @Override
  public String name() {
    return "seed";
  }

  /**
   * The caller's files are taken from the command, so that secrets stand in one place only. The
   * earlier steps are run once more, which costs a look: after a power cut a file can be gone whose
   * step is journaled.
   */
  @Override
  public @Nullable Object run(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    var given = run.command(Command.Clone.class).cloudInit();
    for (Step step : earlier) {
      step.run(run);
    }
    run.check();
    images.seed(plan.files().seed(), SeedFiles.of(plan.identity(), given), run);
    images.settle(plan.files().folder());
    return null;
  }

  /** Nothing of its own: the file lies in the folder that {@link DisksStep} removes after this. */
  @Override
  public void undo(Run run) {}
}
