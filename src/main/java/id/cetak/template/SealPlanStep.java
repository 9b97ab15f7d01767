package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.failure.Complaints;
import id.cetak.hypervisor.Barrier;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Decides the whole seal before its first effect, and refuses it with everything that forbids it.
 */
@ApplicationScoped
class SealPlanStep implements Step {
  private final Barrier barrier;
  private final SealInspection inspection;
  private final VersionStore versions;
  private final CetakConfig config;

  SealPlanStep(
      Barrier barrier, SealInspection inspection, VersionStore versions, CetakConfig config) {
    this.barrier = barrier;
    this.inspection = inspection;
    this.versions = versions;
    this.config = config;
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public SealPlan run(Run run) {
    Command.Sysprep command = run.command(Command.Sysprep.class);
    SealInspection.Inspected found =
        inspection.inspect(command, barrier.missing(), run, Complaints.DEMAND).orElseThrow();
    inspection.demandRoom(run, found);
    TemplateVersion row =
        versions.begin(
            run.jobId(),
            run.attempt(),
            command.template().value(),
            Parent.of(found.xml(), command.template().value()),
            run.lockFence());
    return new SealPlan(
        row.template,
        row.version,
        row.parent,
        found.domain().uuid(),
        found.domain().xml(),
        found.sources().disks(),
        found.xml().nvram().orElse(null),
        config.images().directory().resolve("work").resolve(run.jobId().toString()),
        barrier.folder(run.jobId()));
  }

  @Override
  public void undo(Run run) {
    versions.abandon(run.jobId());
  }
}
