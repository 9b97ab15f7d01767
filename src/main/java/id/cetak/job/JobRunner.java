package id.cetak.job;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
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
 *
 * <p>What if a batch has thousands of members? They have slots of their own, and are claimed a few
 * at a time from each open batch in turn: a single command never waits for them, nor one batch for
 * another.
 */
@ApplicationScoped
public class JobRunner {
  private static final Logger LOG = Logger.getLogger(JobRunner.class);

  /** Every so many claims the batches are looked for all the same: a second worker may open one. */
  private static final int LOOK_FOR_BATCHES = 30;

  private final ClaimStore claims;
  private final JobStore jobs;
  private final JobAttempt attempt;
  private final Workflows workflows;
  private final LeaseKeeper leases;
  private final RunLanes lanes;

  /** A batch opens by a job that runs; without one there is nothing new to look for. */
  private final AtomicBoolean mayHaveBatches = new AtomicBoolean(true);

  private int looks;

  JobRunner(
      ClaimStore claims,
      JobStore jobs,
      JobAttempt attempt,
      Workflows workflows,
      LeaseKeeper leases,
      RunLanes lanes) {
    this.claims = claims;
    this.jobs = jobs;
    this.attempt = attempt;
    this.workflows = workflows;
    this.leases = leases;
    this.lanes = lanes;
  }

  /** Jobs that run right now in this process. */
  public int running() {
    return lanes.running();
  }

  /**
   * Claims due jobs for the free slots, and starts them.
   *
   * @param ended called when one of them has ended, on its thread
   */
  void claim(Runnable ended) {
    int room = lanes.singleRoom();
    if (room > 0) {
      boolean members = lanes.memberRoom() > 0;
      start(() -> claims.claim(lanes.claimant(), room, members), ended);
    }
    int memberRoom = lanes.memberRoom();
    if (memberRoom > 0 && (mayHaveBatches.getAndSet(false) || looks++ % LOOK_FOR_BATCHES == 0)) {
      claimMembers(memberRoom, ended);
    }
  }

  private void claimMembers(int room, Runnable ended) {
    List<UUID> batches = lanes.inTurn(claims.openBatches(lanes.claimant().host()));
    for (UUID batch : batches) {
      int share = Math.max(1, room / batches.size());
      start(() -> claims.claimMembers(batch, lanes.claimant(), share), ended);
    }
    if (!batches.isEmpty()) {
      mayHaveBatches.set(true);
    }
  }

  private void start(Supplier<List<Job>> claim, Runnable ended) {
    long sent = System.nanoTime();
    for (Job job : claim.get()) {
      ActiveRun run = lanes.begin(job, sent);
      leases.watch(run);
      lanes.execute(run, () -> run(run, ended));
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
      lanes.end(run);
      mayHaveBatches.set(true);
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
    try {
      if (!lanes.drain(atMost)) {
        LOG.info("Stopping while jobs run: they are handed back, and go on after the restart");
        leases.stopAll();
        lanes.drainOrInterrupt(atMost);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
