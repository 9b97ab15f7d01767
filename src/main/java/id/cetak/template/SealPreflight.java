package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.StopSignal;
import id.cetak.preflight.Likeness;
import id.cetak.preflight.Preflight;
import id.cetak.preflight.Remark;
import id.cetak.preflight.Report;
import id.cetak.preflight.Severity;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** The dry run of a seal. Of the barrier it takes the last proof, for a proof starts a domain. */
@ApplicationScoped
class SealPreflight implements Preflight {
  private final SealInspection inspection;
  private final BarrierWatch barrier;
  private final VersionStore versions;
  private final Hypervisor hypervisor;

  SealPreflight(
      SealInspection inspection,
      BarrierWatch barrier,
      VersionStore versions,
      Hypervisor hypervisor) {
    this.inspection = inspection;
    this.barrier = barrier;
    this.versions = versions;
    this.hypervisor = hypervisor;
  }

  @Override
  public CommandType of() {
    return CommandType.SYSPREP;
  }

  @Override
  public void look(Command command, StopSignal stop, Report report) {
    Command.Sysprep sysprep = (Command.Sysprep) command;
    String template = sysprep.template().value();
    report.plan("template", template);
    report.plan("version", versions.nextNumber(template));
    inspection
        .inspect(sysprep, barrier.missing(), stop, report)
        .ifPresent(
            found -> {
              report.needs(found.sources().need());
              inspection.lookForRoom(sysprep, found, report);
              foresee(sysprep, found, report);
            });
    if (!report.tried(hypervisor::domainTypes).map(types -> types.contains("kvm")).orElse(true)) {
      report.remark(
          Remark.NO_KVM,
          Severity.SLOW,
          "This host has no KVM: the tools that clean and read the guest are emulated, which takes"
              + " many times as long.",
          "Load the kvm module, or turn nested virtualisation on where the host is a VM itself.");
    }
    report.remark(
        Remark.GUEST_UNREAD,
        Severity.NOTE,
        "What is inside the guest was not looked at: an identity that cannot be cleaned away is"
            + " found by the attestation, which then refuses the seal.",
        "");
    report.like(
        new Likeness(
            List.of(
                new Likeness.Kind(
                    "seals of template '%s'".formatted(template), Map.of("template", template)),
                new Likeness.Kind("seals", Map.of())),
            1));
  }

  private static void foresee(
      Command.Sysprep command, SealInspection.Inspected found, Report report) {
    Integer parent = Parent.of(found.xml(), command.template().value());
    if (parent != null) {
      report.plan("parent", parent);
    }
    report.plan(
        "disks",
        found.sources().disks().stream()
            .map(
                disk ->
                    Map.of(
                        "target", disk.target(),
                        "source", disk.source().toString(),
                        "format", disk.format(),
                        "virtualSizeBytes", disk.virtualSizeBytes()))
            .toList());
    if (found.domain().state() != PowerState.OFF) {
      report.remark(
          Remark.SHUTDOWN_FIRST,
          Severity.SLOW,
          "Domain '%s' runs: it is asked to power off, and has three minutes for it."
              .formatted(found.domain().name()),
          "Shut it down beforehand.");
    }
  }
}
