package id.cetak.clone;

import id.cetak.admission.Need;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.Name;
import id.cetak.failure.Complaints;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.identity.Identity;
import id.cetak.identity.MachineId;
import id.cetak.template.SealedVersion;
import id.cetak.template.Versions;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides everything, and refuses whatever can be refused, before anything is made. Its only effect
 * is the entry in the ledger, which it makes last.
 */
@ApplicationScoped
class PlanStep implements Step {
  /** {@link Versions#forClone}. */
  interface SealedVersions {
    SealedVersion forClone(Name template, @Nullable Integer version);
  }

  private final SealedVersions versions;
  private final Hypervisor hypervisor;
  private final CloneConditions conditions;
  private final CloneClaims claims;
  private final CetakConfig config;

  @Inject
  PlanStep(
      Versions versions,
      Hypervisor hypervisor,
      CloneConditions conditions,
      CloneClaims claims,
      CetakConfig config) {
    this(versions::forClone, hypervisor, conditions, claims, config);
  }

  PlanStep(
      SealedVersions versions,
      Hypervisor hypervisor,
      CloneConditions conditions,
      CloneClaims claims,
      CetakConfig config) {
    this.versions = versions;
    this.hypervisor = hypervisor;
    this.conditions = conditions;
    this.claims = claims;
    this.config = config;
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public boolean transactional() {
    return true;
  }

  @Override
  public ClonePlan run(Run run) {
    Command.Clone command = run.command(Command.Clone.class);
    SealedVersion version = versions.forClone(command.template(), command.version());
    var template = DomainXml.parse(version.domainXml());
    var files = CloneFiles.of(config.images().directory(), run.jobId());

    conditions.checkName(command.name(), run.jobId(), Complaints.DEMAND);
    Need need = null;
    if (command.seat() == null) {
      // What a batch's plan has looked at and was promised holds for its clones.
      need = conditions.check(command, version, template, run, Complaints.DEMAND).orElseThrow();
    }
    List<PlannedDisk> disks = DiskPlan.of(command, version, files);
    run.check();
    var origin =
        new Origin(version.template(), version.version(), run.attempt(), command.id().value());
    int interfaces = template.devices("interface").size();
    List<String> addresses =
        claims.take(
            new Reservation(run.jobId(), origin, config.host(), command),
            interfaces,
            need,
            hypervisor::macInUse);
    var identity =
        new Identity(run.jobId(), command.name().value(), command.hostname().value(), addresses);
    var lineage = lineage(command, identity, origin, version.digest());
    var spec =
        new CloneSpec(identity, lineage, files, disks, Hardware.of(command), command.verify());
    DomainXml definition = CloneXml.cast(template, spec);
    return new ClonePlan(
        identity,
        origin,
        files,
        command.disk(),
        disks,
        version.nvram(),
        command.start(),
        definition.text(),
        MachineId.of(identity.id(), definition, version.guest().systemd()).orElse(null));
  }

  private static Lineage lineage(
      Command.Clone command, Identity identity, Origin origin, String digest) {
    Command.Seat seat = command.seat();
    return new Lineage(
        identity.id(),
        origin.template(),
        origin.version(),
        digest,
        origin.fence(),
        origin.commandId(),
        seat == null ? null : seat.batch().value(),
        command.disk(),
        identity.hostname(),
        identity.instanceId(),
        identity.macs(),
        command.labels());
  }

  @Override
  public void undo(Run run) {
    claims.release(run.jobId(), run.attempt());
  }
}
