package id.cetak.template;

import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.ForeignImages;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/**
 * Makes the version's own image: the guest's bytes in a new file, and nothing else of the
 * stranger's.
 */
final class RewriteStep implements Step {
  private final ForeignImages foreign;
  private final Images images;

  RewriteStep(ForeignImages foreign, Images images) {
    this.foreign = foreign;
    this.images = images;
  }

  @Override
  public String name() {
    return "rewrite";
  }

  @Override
  public @Nullable Object run(Run run) {
    ImportPlan plan = run.plan(ImportPlan.class);
    foreign.rewrite(plan.image(), plan.copy(), plan.source(), plan.disk(), CopyWatch.unheard(run));
    images.settle(plan.folder());
    return null;
  }

  @Override
  public void undo(Run run) {
    run.result("plan", ImportPlan.class).ifPresent(plan -> images.remove(plan.folder()));
  }
}
