package id.cetak.template;

import id.cetak.command.Import;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.ForeignImages;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;

/** Copies the image's bytes: from here on nobody but the worker can change what is looked at. */
final class FetchStep implements Step {
  static final String NAME = "fetch";

  private final ForeignImages foreign;
  private final Images images;

  FetchStep(ForeignImages foreign, Images images) {
    this.foreign = foreign;
    this.images = images;
  }

  /** The digest of what was fetched. */
  record Fetched(String sha256) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Fetched run(Run run) {
    ImportPlan plan = run.plan(ImportPlan.class);
    String sha256 = foreign.fetch(plan.image(), plan.copy(), CopyWatch.unheard(run));
    images.settle(plan.work());
    String wanted = run.command(Import.class).sha256();
    if (wanted != null && !wanted.equals(sha256)) {
      throw new Failure(
          FailureCode.IMAGE_UNFIT,
          "Image '%s' is not imported: its SHA-256 is %s, and not the %s that the command gives. Fetch it again from its maker."
              .formatted(plan.image(), sha256, wanted));
    }
    return new Fetched(sha256);
  }

  @Override
  public void undo(Run run) {
    run.result("plan", ImportPlan.class).ifPresent(plan -> images.remove(plan.work()));
  }
}
