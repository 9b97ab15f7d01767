package id.cetak.template;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.GuestTools;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Refuses an image that still carries an identity. Stands apart from the reading, so that the
 * finding is journaled first.
 */
final class JudgeStep implements Step {
  private final Class<? extends VersionPlan> planType;

  JudgeStep(Class<? extends VersionPlan> planType) {
    this.planType = planType;
  }

  @Override
  public String name() {
    return "judge";
  }

  @Override
  public @Nullable Object run(Run run) {
    List<GuestTools.Check> failed =
        run.result(AttestStep.NAME, Attestation.class).orElseThrow().failed();
    if (!failed.isEmpty()) {
      VersionPlan plan = run.plan(planType);
      throw new Failure(
          FailureCode.ATTESTATION_FAILED,
          "%s: the image carries an identity: %s. %s."
              .formatted(
                  plan.what(),
                  failed.stream()
                      .map(check -> check.name() + " (" + check.finding() + ")")
                      .collect(Collectors.joining("; ")),
                  plan.remedy()));
    }
    return null;
  }

  /** Judging leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
