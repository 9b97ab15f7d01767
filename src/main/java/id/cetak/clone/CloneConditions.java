package id.cetak.clone;

import static id.cetak.failure.FailureCode.INVALID;
import static id.cetak.failure.FailureCode.NETWORK_UNKNOWN;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.template.SealedVersion;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.w3c.dom.Element;

/** What must hold of a version and a host before a clone, or a batch of them, is begun. */
@ApplicationScoped
public class CloneConditions {
  private final Hypervisor hypervisor;
  private final CetakConfig config;

  CloneConditions(Hypervisor hypervisor, CetakConfig config) {
    this.hypervisor = hypervisor;
    this.config = config;
  }

  /**
   * Refuses a clone that cannot be made here.
   *
   * @throws Failure {@code INVALID} when the clone asks for what the template cannot give, {@code
   *     NETWORK_UNKNOWN} when the host lacks a network
   */
  public void demand(Command.Clone command, SealedVersion version) {
    DiskPlan.of(command, version, CloneFiles.of(config.images().directory(), new UUID(0, 0)));
    if (command.mintHostKeys() && !version.guest().cloudInit()) {
      throw refusal(
          INVALID,
          command,
          "template %s@%d has no cloud-init to take SSH host keys that Cetak mints. Leave 'sshHostKeys' out, so that the guest makes its own, or seal a template with cloud-init."
              .formatted(version.template(), version.version()));
    }
    refuseUnknownNetworks(command, DomainXml.parse(version.domainXml()));
  }

  private void refuseUnknownNetworks(Command.Clone command, DomainXml template) {
    String wanted = command.network();
    List<Element> interfaces = template.devices("interface");
    if (wanted != null && interfaces.isEmpty()) {
      throw refusal(
          INVALID,
          command,
          "template %s has no network interface to put on network '%s'. Leave 'network' out, or seal a template with one."
              .formatted(command.template(), wanted));
    }
    Stream<String> kept =
        interfaces.stream()
            .skip(wanted == null ? 0 : 1)
            .filter(nic -> nic.getAttribute("type").equals("network"))
            .flatMap(nic -> DomainXml.child(nic, "source").stream())
            .map(source -> source.getAttribute("network"));
    Stream.concat(Stream.ofNullable(wanted), kept)
        .filter(network -> !hypervisor.networkExists(network))
        .findFirst()
        .ifPresent(
            network -> {
              throw refusal(
                  NETWORK_UNKNOWN,
                  command,
                  "host %s has no network '%s'. Define it there, or give another 'network'."
                      .formatted(config.host(), network));
            });
  }

  private static Failure refusal(FailureCode code, Command.Clone command, String why) {
    return new Failure(code, "Clone %s: %s".formatted(command.name(), why));
  }
}
