package id.cetak.clone;

import id.cetak.clone.DisksStep.Copies;
import id.cetak.hypervisor.Copied;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Copies each overlay with all that lies below it into an image of its own, beside it. */
class FlattenCopyStep implements Step {
  static final String NAME = "copy";

  private final Images images;
  private final CopyNews news;

  FlattenCopyStep(Images images, CopyNews news) {
    this.images = images;
    this.news = news;
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * A copy that is there already is whole; whether it is still true is looked at by the exchange.
   */
  @Override
  public @Nullable Object run(Run run) {
    var progress = new CopyProgress(run, news);
    List<Copied> copies = new ArrayList<>();
    for (FlattenPlan.Overlay disk : run.plan(FlattenPlan.class).disks()) {
      run.check();
      images.copy(disk.image(), "qcow2", disk.flat(), 0, progress).ifPresent(copies::add);
      progress.diskDone();
    }
    return copies.isEmpty() ? null : new Copies(copies, progress.durationMillis());
  }

  /** The clone is what it was; of what was copied nothing is left. */
  @Override
  public void undo(Run run) {
    run.result("plan", FlattenPlan.class)
        .ifPresent(
            plan -> {
              for (FlattenPlan.Overlay disk : plan.disks()) {
                run.check();
                images.remove(disk.flat());
                images.remove(disk.flat().resolveSibling(disk.flat().getFileName() + ".part"));
              }
            });
  }
}
