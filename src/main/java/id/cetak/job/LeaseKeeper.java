package id.cetak.job;

import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Renews the leases of the runs in flight, and brings cancel requests to them. A renewal that fails
 * is tried again at the next round; the run itself stops when its lease has run out by the
 * monotonic clock.
 */
@ApplicationScoped
class LeaseKeeper {
  private static final Logger LOG = Logger.getLogger(LeaseKeeper.class);

  private final Map<UUID, ActiveRun> runs = new ConcurrentHashMap<>();
  private final JobStore jobs;
  private final JobMetrics metrics;
  private final Duration lease;

  LeaseKeeper(JobStore jobs, JobMetrics metrics, CetakConfig config) {
    this.jobs = jobs;
    this.metrics = metrics;
    this.lease = config.run().lease();
  }

  void watch(ActiveRun run) {
    runs.put(run.jobId(), run);
  }

  void forget(ActiveRun run) {
    runs.remove(run.jobId(), run);
  }

  /** A third of the lease: two renewals may fail before it runs out. */
  Duration interval() {
    return lease.dividedBy(3);
  }

  /** Renews all. Called every {@link #interval()}, from one thread. */
  void renewAll() {
    for (ActiveRun run : runs.values()) {
      try {
        renew(run);
      } catch (RuntimeException e) {
        LOG.warnf("Lease of job %s was not renewed this time: %s", run.jobId(), e.getMessage());
      }
    }
  }

  private void renew(ActiveRun run) {
    long sent = System.nanoTime();
    Optional<Boolean> cancel = jobs.renew(run.jobId(), run.attempt(), lease);
    if (cancel.isPresent()) {
      run.renewed(sent, lease, cancel.get());
    } else if (runs.remove(run.jobId(), run)) {
      run.leaseLost();
      metrics.leaseLost();
    }
  }

  /** Tells every run that the worker stops. */
  void stopAll() {
    runs.values().forEach(ActiveRun::stop);
  }

  /**
   * Tells a run in this process that its job was cancelled, without waiting for the next renewal.
   */
  void cancelRequested(UUID jobId) {
    ActiveRun run = runs.get(jobId);
    if (run != null) {
      run.cancelRequested();
    }
  }
}
