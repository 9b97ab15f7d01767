package id.cetak.proof;

import id.cetak.app.CetakConfig;
import id.cetak.clone.CloneFiles;
import id.cetak.clone.CloneIdentities.Known;
import id.cetak.clone.Consoles;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.ConsoleLog;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.GuestAgent;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.GuestIdentities;
import id.cetak.hypervisor.GuestIdentity;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.SelfReport;
import id.cetak.identity.HostKey;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Asks the guest who it is: its agent, else its console; of one that is off, its disks. Until it
 * answers, or its time is over, the job is parked and holds no run slot.
 */
@ApplicationScoped
class AskStep implements Step {
  static final String NAME = "ask";

  private static final Duration LEAST_PAUSE = Duration.ofSeconds(2);
  private static final Duration MOST_PAUSE = Duration.ofSeconds(15);

  private final Hypervisor hypervisor;
  private final GuestAgent agent;
  private final ConsoleLog consoles;
  private final GuestIdentities disks;
  private final CetakConfig config;

  AskStep(
      Hypervisor hypervisor,
      GuestAgent agent,
      ConsoleLog consoles,
      GuestIdentities disks,
      CetakConfig config) {
    this.hypervisor = hypervisor;
    this.agent = agent;
    this.consoles = consoles;
    this.disks = disks;
    this.config = config;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public SelfReport run(Run run) {
    VerifyPlan plan = run.plan(VerifyPlan.class);
    Known known = plan.known();
    Domain domain =
        hypervisor
            .find(known.id())
            .orElseThrow(
                () ->
                    new Failure(
                        FailureCode.DOMAIN_UNKNOWN,
                        "Verification of clone %s: libvirt has no domain %s any more. Delete the clone if that is meant, or find out who undefined it."
                            .formatted(known.name(), known.id())));
    return answer(known, domain)
        .or(() -> domain.state() == PowerState.OFF ? onDisk(domain, run) : Optional.empty())
        .filter(report -> report.hostKeys().stream().allMatch(key -> HostKey.read(key).isPresent()))
        .orElseThrow(() -> noAnswer(plan, domain, run.age()));
  }

  private Optional<SelfReport> answer(Known known, Domain domain) {
    Optional<SelfReport> byAgent =
        domain.state() == PowerState.RUNNING ? agent.ask(known.id()) : Optional.empty();
    return byAgent.or(
        () ->
            Consoles.logs(
                    DomainXml.parse(domain.xml()),
                    CloneFiles.of(config.images().directory(), known.id()))
                .stream()
                .flatMap(log -> consoles.read(log).stream())
                .findFirst());
  }

  /** Empty when the guest has never booted, or cannot be read. */
  private Optional<SelfReport> onDisk(Domain domain, Run run) {
    List<GuestDisk> own =
        DomainXml.parse(domain.xml()).disks().stream()
            .filter(DomainDisk::isOwnDisk)
            .flatMap(
                disk ->
                    Stream.ofNullable(disk.file()).map(file -> new GuestDisk(file, disk.format())))
            .toList();
    GuestIdentity found = disks.read(List.of(own), run).get(0).identity();
    if (found == null || (found.machineId() == null && found.sshHostKeys().isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(
        new SelfReport(
            SelfReport.Source.DISK,
            found.instanceId(),
            Objects.requireNonNullElse(found.hostname(), "localhost"),
            found.machineId(),
            found.sshHostKeys()));
  }

  private RuntimeException noAnswer(VerifyPlan plan, Domain domain, Duration age) {
    if (age.compareTo(plan.until()) < 0 && domain.state() != PowerState.OFF) {
      Duration pause = age.minus(plan.since()).dividedBy(4);
      return new NotYet(
          "guest:" + plan.known().name(),
          "The guest of clone %s has not said yet who it is.".formatted(plan.known().name()),
          pause.compareTo(LEAST_PAUSE) < 0
              ? LEAST_PAUSE
              : pause.compareTo(MOST_PAUSE) > 0 ? MOST_PAUSE : pause);
    }
    return new Failure(
        FailureCode.GUEST_SILENT,
        domain.state() == PowerState.OFF
            ? "Verification of clone %s: it is off, and neither its console nor its disks tell who it is. Start it and send verify again; the clone is left as it is."
                .formatted(plan.known().name())
            : "Verification of clone %s: its guest did not say who it is within %d s, neither by a guest agent nor on its serial console. Look at its console, and send verify again; the clone is left as it is."
                .formatted(plan.known().name(), plan.until().minus(plan.since()).toSeconds()));
  }

  /** Asking leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
