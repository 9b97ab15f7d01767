package id.cetak.clone;

import static id.cetak.failure.FailureCode.INVALID;
import static id.cetak.failure.FailureCode.NAME_TAKEN;
import static id.cetak.failure.FailureCode.NETWORK_UNKNOWN;

import id.cetak.admission.Need;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.Name;
import id.cetak.failure.Complaints;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import id.cetak.template.SealedVersion;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.w3c.dom.Element;

/**
 * Everything that is looked at before a clone, or a batch of them, takes anything: a plan demands
 * that it be in order, a dry run reports what is not.
 */
@ApplicationScoped
public class CloneConditions {
  private final Hypervisor hypervisor;
  private final Images images;
  private final CetakConfig config;

  CloneConditions(Hypervisor hypervisor, Images images, CetakConfig config) {
    this.hypervisor = hypervisor;
    this.images = images;
    this.config = config;
  }

  /**
   * Checks that a clone of a version can be made here.
   *
   * @return the room that it takes; empty when that cannot be told, which the complaints say
   * @throws Failure by the complaints: {@code INVALID} when the clone asks for what the template
   *     cannot give, {@code NETWORK_UNKNOWN} when the host lacks a network
   */
  public Optional<Need> check(
      Command.Clone command, SealedVersion version, StopSignal stop, Complaints complaints) {
    return check(command, version, DomainXml.parse(version.domainXml()), stop, complaints);
  }

  /** With the version's definition as a tree. */
  Optional<Need> check(
      Command.Clone command,
      SealedVersion version,
      DomainXml template,
      StopSignal stop,
      Complaints complaints) {
    complaints.tried(
        () -> DiskPlan.of(command, version, CloneFiles.of(directory(), new UUID(0, 0))));
    checkHostKeys(command, version, complaints);
    checkNetworks(command, template, complaints);
    return complaints.tried(() -> CloneNeed.of(version, command.disk(), images, stop));
  }

  /**
   * Checks that no other domain of the host has the clone's name: libvirt would refuse it too, but
   * without a word about whose it is.
   *
   * @param ours the clone's id, which its domain may have already
   * @throws Failure by the complaints: {@code NAME_TAKEN}
   */
  void checkName(Name name, UUID ours, Complaints complaints) {
    complaints
        .tried(() -> hypervisor.holder(name.value()))
        .flatMap(holder -> holder)
        .filter(holder -> !holder.equals(ours))
        .ifPresent(
            holder ->
                complaints.add(
                    refusal(
                        NAME_TAKEN,
                        name,
                        "the host has a domain of this name, with UUID %s.".formatted(holder),
                        "Choose another name, or undefine that domain first.")));
  }

  private static void checkHostKeys(
      Command.Clone command, SealedVersion version, Complaints complaints) {
    if (command.mintHostKeys() && !version.guest().cloudInit()) {
      complaints.add(
          refusal(
              INVALID,
              command.name(),
              "template %s@%d has no cloud-init to take SSH host keys that Cetak mints."
                  .formatted(version.template(), version.version()),
              "Leave 'sshHostKeys' out, so that the guest makes its own, or seal a template with"
                  + " cloud-init."));
    }
  }

  private void checkNetworks(Command.Clone command, DomainXml template, Complaints complaints) {
    String wanted = command.network();
    List<Element> interfaces = template.devices("interface");
    if (wanted != null && interfaces.isEmpty()) {
      complaints.add(
          refusal(
              INVALID,
              command.name(),
              "template %s has no network interface to put on network '%s'."
                  .formatted(command.template(), wanted),
              "Leave 'network' out, or seal a template with one."));
      return;
    }
    Stream<String> kept =
        interfaces.stream()
            .skip(wanted == null ? 0 : 1)
            .filter(nic -> nic.getAttribute("type").equals("network"))
            .flatMap(nic -> DomainXml.child(nic, "source").stream())
            .map(source -> source.getAttribute("network"));
    Stream.concat(Stream.ofNullable(wanted), kept)
        .distinct()
        .forEach(network -> checkNetwork(command, network, complaints));
  }

  private void checkNetwork(Command.Clone command, String network, Complaints complaints) {
    if (!complaints.tried(() -> hypervisor.networkExists(network)).orElse(true)) {
      complaints.add(
          refusal(
              NETWORK_UNKNOWN,
              command.name(),
              "host %s has no network '%s'.".formatted(config.host(), network),
              "Define it there, or give another 'network'."));
    }
  }

  private Path directory() {
    return config.images().directory();
  }

  private static Failure refusal(FailureCode code, Name clone, String why, String remedy) {
    return Failure.of(code, "Clone %s: %s".formatted(clone, why), remedy);
  }
}
