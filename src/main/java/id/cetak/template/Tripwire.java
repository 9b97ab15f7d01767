package id.cetak.template;

import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.Hypervisor;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * The last layer, for when the others are gone: a domain that did start on a sealed image is
 * destroyed at once.
 */
@ApplicationScoped
class Tripwire {
  private static final Logger LOG = Logger.getLogger(Tripwire.class);

  private final Hypervisor hypervisor;
  private final Barrier barrier;
  private final VersionStore versions;

  Tripwire(Hypervisor hypervisor, Barrier barrier, VersionStore versions) {
    this.hypervisor = hypervisor;
    this.barrier = barrier;
    this.versions = versions;
  }

  void start(@Observes StartupEvent event) {
    hypervisor.onStarted(this::started);
  }

  private void started(Domain domain) {
    Optional<UUID> version = barrier.sealedDiskOf(domain.xml());
    if (version.isEmpty()) {
      return;
    }
    LOG.errorf(
        "Domain '%s' was started on a sealed image and is destroyed. Run 'cetak-barrier install' on this host: its hook did not stop it",
        domain.name());
    hypervisor.destroy(domain.uuid());
    versions.quarantine(version.get(), VersionStore.Cause.STARTED);
  }
}
