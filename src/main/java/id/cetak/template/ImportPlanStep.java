package id.cetak.template;

import id.cetak.admission.Need;
import id.cetak.app.CetakConfig;
import id.cetak.command.Import;
import id.cetak.failure.Complaints;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.ForeignImages;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/** Decides the whole import before its first effect, and refuses what a first look can refuse. */
@ApplicationScoped
class ImportPlanStep implements Step {
  private final ForeignImages foreign;
  private final Hypervisor hypervisor;
  private final Barrier barrier;
  private final SealInspection inspection;
  private final VersionStore versions;
  private final CetakConfig config;

  ImportPlanStep(
      ForeignImages foreign,
      Hypervisor hypervisor,
      Barrier barrier,
      SealInspection inspection,
      VersionStore versions,
      CetakConfig config) {
    this.foreign = foreign;
    this.hypervisor = hypervisor;
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
    String what = "Import of template '%s'".formatted(command.template());
    inspection.checkBarrier(what, barrier.missing(), Complaints.DEMAND);
    ForeignImages.Kind source = foreign.look(command.image());
    String network = network(command, what);
    // The copy, and what it can unfold to at worst.
    inspection.demandRoom(run, what, new Need(source.fileBytes() + source.virtualSizeBytes(), 4));
    TemplateVersion row =
        versions.begin(run.jobId(), command.template().value(), null, run.lockFence());
    ImportedDomain domain =
        new ImportedDomain(
            row.label(), run.jobId(), barrier.folder(run.jobId()), config.imports().domainType());
    return new ImportPlan(
        row.template,
        row.version,
        command.image(),
        source,
        domain.xml(command.cpus(), command.memoryMiB(), network),
        config.images().directory().resolve("work").resolve(run.jobId().toString()),
        barrier.folder(run.jobId()));
  }

  private @Nullable String network(Import command, String what) {
    String network = command.network();
    if (network == null) {
      network = config.imports().network().orElse(null);
    }
    if (network != null && !hypervisor.networkExists(network)) {
      throw new Failure(
          FailureCode.NETWORK_UNKNOWN,
          "%s: host %s has no network '%s'. Define it there, or give another 'network'."
              .formatted(what, config.host(), network));
    }
    return network;
  }

  @Override
  public void undo(Run run) {
    versions.abandon(run.jobId());
  }
}
