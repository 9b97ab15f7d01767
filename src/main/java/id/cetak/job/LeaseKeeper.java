package id.cetak.job;

import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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
    Map<UUID, ActiveRun> held = Map.copyOf(runs);
    if (held.isEmpty()) {
      return;
    }
    Map<UUID, Integer> attempts = new HashMap<>();
    held.forEach((id, run) -> attempts.put(id, run.attempt()));
    try {
      long sent = System.nanoTime();
      for (JobStore.Lease renewed : jobs.renew(attempts, lease)) {
        ActiveRun run = held.get(renewed.id());
        if (run != null) {
          take(run, renewed, sent);
        }
      }
    } catch (RuntimeException e) {
      LOG.warnf(
          "The leases of %d jobs were not renewed this time: %s", held.size(), e.getMessage());
    }
  }

  private void take(ActiveRun run, JobStore.Lease renewed, long sentNanos) {
    if (renewed.renewed()) {
      run.renewed(sentNanos, lease, renewed.cancelRequested());
    } else if (!renewed.held() && runs.remove(run.jobId(), run)) {
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
