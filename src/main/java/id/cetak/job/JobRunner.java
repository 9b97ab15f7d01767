package id.cetak.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Claims due jobs of this host, as many as there are free slots, and runs each on a thread of its
 * own.
 *
 * <p>What if the process dies? Its leases run out, and the next worker of the host, often itself
 * again, claims its jobs with a higher attempt number, reads the journal, and goes on where that
 * and a look at the world say. What if it only seemed dead? Its runs notice that their leases ran
 * out before they act again, and every write they still try changes no row.
 */
@ApplicationScoped
public class JobRunner {
  private static final Logger LOG = Logger.getLogger(JobRunner.class);

  private final JobStore jobs;
  private final JobAttempt attempt;
  private final Workflows workflows;
  private final LeaseKeeper leases;
  private final CetakConfig config;
  private final ObjectMapper json;
  private final String worker = UUID.randomUUID().toString();
  private final AtomicInteger running = new AtomicInteger();
  private final ExecutorService threads;

  JobRunner(
      JobStore jobs,
      JobAttempt attempt,
      Workflows workflows,
      LeaseKeeper leases,
      CetakConfig config,
      ObjectMapper json) {
    this.jobs = jobs;
    this.attempt = attempt;
    this.workflows = workflows;
    this.leases = leases;
    this.config = config;
    this.json = json;
    this.threads =
        Executors.newFixedThreadPool(
            config.run().slots(), task -> new Thread(task, "job-" + UUID.randomUUID()));
  }

  /** Jobs that run right now in this process. */
  public int running() {
    return running.get();
  }

  /**
   * Claims as many due jobs as there are free slots, and starts them.
   *
   * @param ended called when one of them has ended, on its thread
   */
  void claim(Runnable ended) {
    int room = config.run().slots() - running.get();
    if (room <= 0) {
      return;
    }
    Duration lease = config.run().lease();
    long sent = System.nanoTime();
    List<Job> claimed = jobs.claim(config.host(), worker, lease, room);
    for (Job job : claimed) {
      ActiveRun run = new ActiveRun(job, config.host(), json, sent, lease);
      running.incrementAndGet();
      leases.watch(run);
      threads.execute(() -> run(run, ended));
    }
  }

  private void run(ActiveRun run, Runnable ended) {
    MDC.put("commandId", run.job().command().id().value());
    MDC.put("jobId", run.jobId().toString());
    MDC.put("attempt", run.attempt());
    try {
      attempt.run(run, workflows.forCommand(run.job().command()));
    } catch (LeaseLost lost) {
      LOG.warn(lost.getMessage());
      handBack(run);
    } catch (RuntimeException e) {
      // The ledger could not be written: the lease runs out, and the job is claimed again.
      LOG.error(
          "Attempt ended without a record; the job is claimed again when its lease runs out", e);
    } finally {
      leases.forget(run);
      running.decrementAndGet();
      MDC.clear();
      ended.run();
    }
  }

  // At once claimable again, at no cost: nothing failed, and the next worker need not wait for the
  // lease.
  private void handBack(ActiveRun run) {
    if (run.isStopping() && run.job().verdict() == null) {
      jobs.retry(run.jobId(), run.attempt(), Duration.ZERO, 0);
    }
  }

  /**
   * Takes no more, lets short jobs end, and hands the others back: their tools are ended, and they
   * go on where they were on the next worker.
   *
   * @param atMost how long to wait before handing back, and once more for the hand-back
   */
  void stop(Duration atMost) {
    threads.shutdown();
    try {
      if (!ended(atMost)) {
        LOG.info("Stopping while jobs run: they are handed back, and go on after the restart");
        leases.stopAll();
        if (!ended(atMost)) {
          threads.shutdownNow();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean ended(Duration atMost) throws InterruptedException {
    return threads.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }
}
