package id.cetak.job;

import id.cetak.app.CetakConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * What makes the engine tick: claims when something woke it or the poll time is over, renews
 * leases, says that the host lives.
 */
@ApplicationScoped
class JobClockwork {
  private static final Logger LOG = Logger.getLogger(JobClockwork.class);
  private static final Duration SAY_ALIVE = Duration.ofSeconds(10);
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final JobRunner runner;
  private final JobStore jobs;
  private final LeaseKeeper leases;
  private final RunSlots slots;
  private final CetakConfig config;
  private final Semaphore wake = new Semaphore(0);
  private final ScheduledExecutorService timers =
      Executors.newScheduledThreadPool(2, task -> new Thread(task, "job-clockwork"));
  private final Thread claiming = new Thread(this::claimForEver, "job-claim");
  private volatile boolean stopping;

  JobClockwork(
      JobRunner runner, JobStore jobs, LeaseKeeper leases, RunSlots slots, CetakConfig config) {
    this.runner = runner;
    this.jobs = jobs;
    this.leases = leases;
    this.slots = slots;
    this.config = config;
  }

  void start(@Observes StartupEvent event) {
    long interval = leases.interval().toMillis();
    every(interval, interval, leases::renewAll);
    every(0, SAY_ALIVE.toMillis(), this::sayAlive);
    claiming.start();
  }

  // Both tasks catch what they throw: a timer whose task throws never comes again.
  private void every(long firstMillis, long nextMillis, Runnable task) {
    var unused =
        timers.scheduleWithFixedDelay(task, firstMillis, nextMillis, TimeUnit.MILLISECONDS);
  }

  /** Something became due: look now rather than at the next poll. */
  void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  private void claimForEver() {
    while (!stopping) {
      try {
        runner.claim(this::wake);
        slots.claimed();
      } catch (RuntimeException e) {
        LOG.warnf("No jobs could be claimed this time; trying again: %s", e.getMessage());
      }
      try {
        if (wake.tryAcquire(config.run().poll().toMillis(), TimeUnit.MILLISECONDS)) {
          wake.drainPermits();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void sayAlive() {
    try {
      jobs.seen(config.host());
    } catch (RuntimeException e) {
      LOG.warnf("The host could not be marked as alive this time: %s", e.getMessage());
    }
  }

  void stop(@Observes @Priority(100) ShutdownEvent event) {
    stopping = true;
    claiming.interrupt();
    runner.stop(DRAIN);
    timers.shutdownNow();
  }
}
