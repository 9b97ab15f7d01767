package id.cetak.reconcile;

import id.cetak.app.CetakConfig;
import id.cetak.app.Periodic;
import id.cetak.command.CommandId;
import id.cetak.command.Reconcile;
import id.cetak.failure.Failure;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.job.MadeJobStore;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Has this host compared with the database when its worker starts, since that is when a crash or a
 * reboot may have left something: a job of the worker's own, as {@code reconcile} with repair for
 * this host alone, whose event tells what was found.
 */
@ApplicationScoped
public class StartupReconcile {
  private static final Logger LOG = Logger.getLogger(StartupReconcile.class);
  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  private final Periodic periodic;
  private final MadeJobStore jobs;
  private final Hypervisor hypervisor;
  private final CetakConfig config;

  StartupReconcile(
      Periodic periodic, MadeJobStore jobs, Hypervisor hypervisor, CetakConfig config) {
    this.periodic = periodic;
    this.jobs = jobs;
    this.hypervisor = hypervisor;
    this.config = config;
  }

  void start(@Observes StartupEvent event) {
    if (config.reconcileAtStart()) {
      periodic.untilDone(TRY_AGAIN, this::looked);
    }
  }

  private boolean looked() {
    try {
      // A job that nobody can do would only count its failures.
      hypervisor.version();
      look();
      return true;
    } catch (Failure | PersistenceException e) {
      LOG.debugf("The look at the host waits for libvirt and the database: %s", e.getMessage());
      return false;
    }
  }

  /** Asks for the look; one that still waits or runs is enough. */
  public void look() {
    jobs.addOwn(new Reconcile(CommandId.ofStart(), true));
  }
}
