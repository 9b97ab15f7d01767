package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.command.Import;
import id.cetak.failure.Complaints;
import id.cetak.hypervisor.Barrier;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;

/** Decides the whole import before its first effect, and refuses what a first look can refuse. */
@ApplicationScoped
class ImportPlanStep implements Step {
  private final ImportInspection imports;
  private final Barrier barrier;
  private final SealInspection inspection;
  private final VersionStore versions;
  private final CetakConfig config;

  ImportPlanStep(
      ImportInspection imports,
      Barrier barrier,
      SealInspection inspection,
      VersionStore versions,
      CetakConfig config) {
    this.imports = imports;
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
  public ImportPlan run(Run run) {
    Import command = run.command(Import.class);
    ImportInspection.Inspected found =
        imports.inspect(command, barrier.missing(), Complaints.DEMAND).orElseThrow();
    inspection.demandRoom(run, ImportInspection.what(command), found.need());
    TemplateVersion row =
        versions.begin(
            run.jobId(), run.attempt(), command.template().value(), null, run.lockFence());
    ImportedDomain domain =
        new ImportedDomain(
            row.label(), run.jobId(), barrier.folder(run.jobId()), config.imports().domainType());
    return new ImportPlan(
        row.template,
        row.version,
        command.image(),
        found.source(),
        domain.xml(command.cpus(), command.memoryMiB(), found.network()),
        config.images().directory().resolve("work").resolve(run.jobId().toString()),
        barrier.folder(run.jobId()));
  }

  @Override
  public void undo(Run run) {
    versions.abandon(run.jobId());
  }
}
