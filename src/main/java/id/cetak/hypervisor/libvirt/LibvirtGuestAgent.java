package id.cetak.hypervisor.libvirt;

import id.cetak.hypervisor.GuestAgent;
import id.cetak.hypervisor.SelfReport;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.libvirt.Domain;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/** Guest agents through libvirt, which says at once when a guest has none that listens. */
@ApplicationScoped
class LibvirtGuestAgent implements GuestAgent {
  /** For one answer: an agent that listens answers within milliseconds. */
  private static final int SECONDS = 5;

  private final Connections connections;

  LibvirtGuestAgent(LibvirtHypervisor hypervisor) {
    this.connections = hypervisor.connections();
  }

  @Override
  public Optional<SelfReport> ask(UUID domain) {
    // Not on the shared connection: an agent that hangs would stand in the way of look-ups.
    return connections.change(
        "Question to the guest agent of domain " + domain,
        link ->
            DomainReader.present(
                    () -> link.connect().domainLookupByUUID(domain), LibvirtGuestAgent::ask)
                .flatMap(answer -> answer));
  }

  private static Optional<SelfReport> ask(Domain domain) throws LibvirtException {
    try {
      return new AgentQuestions(command -> send(domain, command)).ask();
    } catch (LibvirtException e) {
      if (LibvirtErrors.isLinkFault(e.getError())
          || e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN) {
        throw e;
      }
      // No agent is configured, or none listens, or it does not answer in time.
      return Optional.empty();
    }
  }

  private static @Nullable String send(Domain domain, String command) throws LibvirtException {
    try {
      return domain.qemuAgentCommand(command, SECONDS, 0);
    } catch (LibvirtException e) {
      if (e.getError().getCode() == ErrorNumber.VIR_ERR_INTERNAL_ERROR) {
        // The agent's own no: there is no such file, or it may not read any.
        return null;
      }
      throw e;
    }
  }
}
