package id.cetak.job;

import id.cetak.event.Event;
import id.cetak.lock.TemplateLocks;
import id.cetak.outbox.Outbox;
import id.cetak.workflow.Journal;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The transactions in which several tables move together: a job's end with its feature's rows, its
 * event and its locks; a step's rows with its journal entry; and a lock request with the parking of
 * the job.
 */
@ApplicationScoped
class JobTransactions {
  private static final Duration PARKED_AT_MOST = TemplateLocks.PATIENCE.dividedBy(4);

  private final JobStore jobs;
  private final TemplateLocks locks;
  private final Outbox outbox;
  private final Journal journal;
  private final MemberStore members;
  private final MadeJobStore made;

  JobTransactions(
      JobStore jobs,
      TemplateLocks locks,
      Outbox outbox,
      Journal journal,
      MemberStore members,
      MadeJobStore made) {
    this.jobs = jobs;
    this.locks = locks;
    this.outbox = outbox;
    this.journal = journal;
    this.members = members;
    this.made = made;
  }

  /**
   * Runs a step whose effect is rows, and journals it.
   *
   * @throws LeaseLost when another worker has the job; the effect is taken back
   */
  @Transactional
  void runAndJournal(ActiveRun run, Step step) {
    Object result = step.run(run);
    run.check();
    run.done(step.name(), result);
    if (!journal.record(run.jobId(), run.attempt(), run.unwritten())) {
      throw new LeaseLost(
          run.jobId(), run.attempt(), "another worker had claimed it before its " + step.name());
    }
  }

  /** Ends the job well. @return false when the lease is lost, and nothing was changed */
  @Transactional
  boolean complete(ActiveRun run, Workflow workflow) {
    if (!run.unwritten().isEmpty()
        && !journal.record(run.jobId(), run.attempt(), run.unwritten())) {
      return false;
    }
    if (!jobs.end(run.jobId(), run.attempt(), JobState.RUNNING, JobState.COMPLETED)) {
      return false;
    }
    publish(run, workflow.completed(run));
    workflow.followUp(run).ifPresent(command -> made.addFollowing(run.jobId(), command));
    return true;
  }

  /** Ends the undone job. @return false when the lease is lost, and nothing was changed */
  @Transactional
  boolean fail(ActiveRun run, Workflow workflow, Verdict verdict) {
    JobState end = verdict.cancelled() ? JobState.CANCELLED : JobState.FAILED;
    if (!jobs.end(run.jobId(), run.attempt(), JobState.UNDOING, end)) {
      return false;
    }
    publish(run, workflow.failed(run, verdict));
    return true;
  }

  private void publish(ActiveRun run, @Nullable Event event) {
    Job.Caller caller = run.job().caller();
    String correlationId =
        caller.correlationId() == null ? run.job().command().id().value() : caller.correlationId();
    if (event != null) {
      outbox.publish(
          event,
          new Outbox.Envelope(run.jobId(), correlationId, caller.replyTo(), caller.traceparent()));
    } else if (!run.job().isMember()) {
      throw new IllegalStateException("Job " + run.jobId() + " would end without its event");
    }
    if (run.job().batch() != null) {
      members.ended(run.job().batch());
    } else {
      locks.release(run.jobId());
    }
  }

  /**
   * Takes the lock, or parks the job in the same transaction. @return the lock's fence, or empty
   * when parked
   */
  @Transactional
  OptionalLong lockOrPark(ActiveRun run, LockRequest request) {
    TemplateLocks.Answer answer = locks.acquire(run.jobId(), run.attempt(), request);
    if (answer instanceof TemplateLocks.Answer.Granted granted) {
      return OptionalLong.of(granted.fence());
    }
    if (answer instanceof TemplateLocks.Answer.Busy busy
        && jobs.park(
            run.jobId(),
            run.attempt(),
            new NotYet(request.template(), busy.holders(), PARKED_AT_MOST))) {
      return OptionalLong.empty();
    }
    throw new LeaseLost(
        run.jobId(), run.attempt(), "another worker had claimed it before it had its lock");
  }
}
