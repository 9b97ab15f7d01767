package id.cetak.template;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.ForeignImages;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Judges the copy, which is what will be used, as the plan judged the file in the folder. */
final class ExamineStep implements Step {
  private final ForeignImages foreign;

  ExamineStep(ForeignImages foreign) {
    this.foreign = foreign;
  }

  @Override
  public String name() {
    return "examine";
  }

  @Override
  public @Nullable Object run(Run run) {
    ImportPlan plan = run.plan(ImportPlan.class);
    if (!foreign.examine(plan.image(), plan.copy(), run).equals(plan.source())) {
      throw new Failure(
          FailureCode.IMAGE_UNFIT,
          "Image '%s' is not imported: another file was put in its place meanwhile. Leave it alone and send the command again under a new id."
              .formatted(plan.image()));
    }
    return null;
  }

  /** Looking leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
