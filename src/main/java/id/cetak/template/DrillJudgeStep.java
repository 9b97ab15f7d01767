package id.cetak.template;

import id.cetak.command.Drill;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.fleet.FanOut;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Refuses a drill that names a template of which no host has a sealed version. */
final class DrillJudgeStep implements Step {
  private final FanOut hosts;

  DrillJudgeStep(FanOut hosts) {
    this.hosts = hosts;
  }

  @Override
  public String name() {
    return "judge";
  }

  @Override
  public @Nullable Object run(Run run) {
    Drill drill = run.command(Drill.class);
    boolean found =
        hosts.reports(run, DrillReport.class).values().stream()
            .anyMatch(report -> !report.versions().isEmpty());
    if (drill.template() != null && !found) {
      throw Failure.of(
          FailureCode.TEMPLATE_UNKNOWN,
          "Drill of template '%s'%s: no host that was asked has such a sealed version."
              .formatted(
                  drill.template(), drill.version() == null ? "" : " version " + drill.version()),
          "Correct the name, or leave it out to drill them all.");
    }
    return null;
  }

  /** Judging leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
