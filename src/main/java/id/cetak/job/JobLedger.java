package id.cetak.job;

import id.cetak.workflow.Journal;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt writes down, with patience for a database that is away. The repetition stands
 * outside of the transactions, so that each try is a transaction of its own. A write that the fence
 * refuses throws {@link LeaseLost}.
 */
@ApplicationScoped
class JobLedger {
  private final JobStore jobs;
  private final JobTransactions transactions;
  private final Journal journal;
  private final DatabasePatience database;
  private final JobMetrics metrics;

  JobLedger(
      JobStore jobs,
      JobTransactions transactions,
      Journal journal,
      DatabasePatience database,
      JobMetrics metrics) {
    this.jobs = jobs;
    this.transactions = transactions;
    this.journal = journal;
    this.database = database;
    this.metrics = metrics;
  }

  /** Loads what earlier attempts journaled into the run. */
  void readJournal(ActiveRun run) {
    database.call(
        () -> {
          run.journaled(journal.read(run.jobId()));
          return true;
        },
        Boolean.class);
  }

  /**
   * Writes what the run has done since the last entry; the run goes on only if this attempt won.
   */
  void journal(ActiveRun run) {
    demand(
        run,
        () -> journal.record(run.jobId(), run.attempt(), run.unwritten()),
        "journaling " + run.unwritten().keySet());
    run.written();
  }

  /** Runs a step whose effect is rows, and journals it in the same transaction. */
  void runAndJournal(ActiveRun run, Step step) {
    database.call(
        () -> {
          transactions.runAndJournal(run, step);
          return true;
        },
        Boolean.class);
    run.written();
  }

  /**
   * Says in the journal that a step which cannot be taken back begins, and takes the job's deadline
   * away.
   */
  void journalBeginning(ActiveRun run, String beginning) {
    demand(run, () -> jobs.commitToEnd(run.jobId(), run.attempt()), "beginning the end");
    run.done(beginning, null);
    journal(run);
  }

  /** The lock's fence, or empty when the job is now parked. */
  OptionalLong lockOrPark(ActiveRun run, LockRequest request) {
    OptionalLong fence =
        database.call(() -> transactions.lockOrPark(run, request), OptionalLong.class);
    if (fence.isEmpty()) {
      metrics.lockWait(run.job().command().type());
      moved(run, JobState.PARKED);
    }
    return fence;
  }

  void recordFailure(ActiveRun run, @Nullable String step, Verdict failure) {
    database.call(
        () -> {
          jobs.recordFailure(run.jobId(), run.attempt(), step, failure);
          return true;
        },
        Boolean.class);
    metrics.failed(run.job().command().type(), failure.code());
  }

  void retry(ActiveRun run, Duration delay, int cost) {
    demand(run, () -> jobs.retry(run.jobId(), run.attempt(), delay, cost), "postponing");
    moved(run, JobState.RETRYING);
  }

  void condemn(ActiveRun run, Verdict verdict) {
    demand(run, () -> jobs.condemn(run.jobId(), run.attempt(), verdict), "beginning to undo");
    moved(run, JobState.UNDOING);
  }

  /** The step has to wait; so does the job, at no cost. */
  void park(ActiveRun run, NotYet wait) {
    demand(run, () -> jobs.park(run.jobId(), run.attempt(), wait), "parking");
    moved(run, JobState.PARKED);
  }

  void postponeUndo(ActiveRun run, Duration delay, int cost) {
    demand(
        run,
        () -> jobs.postponeUndo(run.jobId(), run.attempt(), delay, cost),
        "postponing the undo");
  }

  void complete(ActiveRun run, Workflow workflow) {
    demand(run, () -> transactions.complete(run, workflow), "completing");
    moved(run, JobState.COMPLETED);
  }

  void fail(ActiveRun run, Workflow workflow, Verdict verdict) {
    demand(run, () -> transactions.fail(run, workflow, verdict), "ending");
    moved(run, verdict.cancelled() ? JobState.CANCELLED : JobState.FAILED);
  }

  private void demand(ActiveRun run, Callable<Boolean> write, String what) {
    if (!database.call(write, Boolean.class)) {
      throw new LeaseLost(
          run.jobId(), run.attempt(), "another worker had claimed it before " + what);
    }
  }

  private void moved(ActiveRun run, JobState to) {
    metrics.moved(run.job().command().type(), to);
  }
}
