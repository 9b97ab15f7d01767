package id.cetak.template;

import id.cetak.admission.Need;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.ImageFacts;
import id.cetak.hypervisor.Images;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Decides the whole seal before its first effect, and refuses it with everything that forbids it.
 */
@ApplicationScoped
class SealPlanStep implements Step {
  private final Hypervisor hypervisor;
  private final Images images;
  private final Barrier barrier;
  private final SealPreconditions preconditions;
  private final VersionStore versions;
  private final CetakConfig config;

  SealPlanStep(
      Hypervisor hypervisor,
      Images images,
      Barrier barrier,
      SealPreconditions preconditions,
      VersionStore versions,
      CetakConfig config) {
    this.hypervisor = hypervisor;
    this.images = images;
    this.barrier = barrier;
    this.preconditions = preconditions;
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
    Domain domain =
        hypervisor
            .find(command.domain())
            .orElseThrow(
                () ->
                    new Failure(
                        FailureCode.DOMAIN_UNKNOWN,
                        "Seal of template '%s': libvirt on host %s knows no domain '%s'. Correct the name, or send the command to the host that has it."
                            .formatted(command.template(), config.host(), command.domain())));
    DomainXml xml = DomainXml.parse(domain.xml());
    preconditions.demand(domain, xml, command);
    List<SealPlan.PlannedDisk> disks = new ArrayList<>();
    long neededBytes = 0;
    for (DomainDisk disk : xml.disks().stream().filter(DomainDisk::isOwnDisk).toList()) {
      Path source = Objects.requireNonNull(disk.file());
      ImageFacts facts = images.inspect(source, disk.format(), run);
      // A chain of overlays says nothing of its whole content: the worst case is the full virtual
      // size.
      neededBytes +=
          facts.backingFile() == null ? facts.actualSizeBytes() : facts.virtualSizeBytes();
      disks.add(
          new SealPlan.PlannedDisk(disk.target(), source, disk.format(), facts.virtualSizeBytes()));
    }
    preconditions.demandRoom(run, new Need(neededBytes, 2L * disks.size() + 3));
    TemplateVersion row =
        versions.begin(
            run.jobId(),
            command.template().value(),
            Parent.of(xml, command.template().value()),
            run.lockFence());
    return new SealPlan(
        row.template,
        row.version,
        row.parent,
        domain.uuid(),
        domain.xml(),
        disks,
        xml.nvram().orElse(null),
        config.images().directory().resolve("work").resolve(run.jobId().toString()),
        barrier.folder(run.jobId()));
  }

  @Override
  public void undo(Run run) {
    versions.abandon(run.jobId());
  }
}
