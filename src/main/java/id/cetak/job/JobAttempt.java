package id.cetak.job;

import id.cetak.app.FaultPoint;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a job, from the claim to whatever ends it.
 *
 * <pre>
 *   take the template's lock ---- busy ----> PARKED
 *   for each step: not journaled? run it, journal it ("did I win?") -- not yet --> PARKED
 *        | all done                | failed
 *        v                         v
 *   COMPLETED + event         may pass: RETRYING
 *                             else: UNDOING -> undo in reverse -> FAILED | CANCELLED + event
 * </pre>
 *
 * A write that changes no row means that another worker holds the job: {@link LeaseLost} ends the
 * attempt, which touches nothing more.
 */
@ApplicationScoped
class JobAttempt {
  private static final Logger LOG = Logger.getLogger(JobAttempt.class);

  private final JobLedger ledger;
  private final RetryPolicy retries;
  private final JobMetrics metrics;
  private final RunLanes lanes;
  private final FaultPoint faults;

  JobAttempt(
      JobLedger ledger,
      RetryPolicy retries,
      JobMetrics metrics,
      RunLanes lanes,
      FaultPoint faults) {
    this.ledger = ledger;
    this.retries = retries;
    this.metrics = metrics;
    this.lanes = lanes;
    this.faults = faults;
  }

  /** Runs the attempt to its end. @throws LeaseLost when another worker holds the job */
  void run(ActiveRun run, Workflow workflow) {
    if (run.attempt() > 1) {
      ledger.readJournal(run);
    }
    if (run.job().verdict() != null) {
      undo(run, workflow, run.job().verdict());
      return;
    }
    Progress progress = new Progress();
    try {
      forward(run, workflow, progress);
    } catch (LeaseLost lost) {
      throw lost;
    } catch (NotYet wait) {
      ledger.park(run, wait);
    } catch (Failure failure) {
      run.demandLease();
      failed(run, workflow, progress, failure);
    } catch (RuntimeException bug) {
      run.demandLease();
      if (DatabasePatience.isAway(bug)) {
        throw new LeaseLost(
            run.jobId(), run.attempt(), "the database went away in the middle of a step");
      }
      LOG.error(
          "Attempt ended with an unexpected error; the job is undone. Please report this", bug);
      failed(run, workflow, progress, unexpected(bug));
    }
  }

  private static final class Progress {
    @Nullable String step;
  }

  private void forward(ActiveRun run, Workflow workflow, Progress progress) {
    if (workflow.steps().stream().anyMatch(step -> run.hasJournaled(begun(step)))) {
      run.makeUnstoppable();
    }
    run.check();
    if (!run.isUnstoppable() && retries.spent(run.job().failures())) {
      throw new Failure(
          FailureCode.WORKER_LOST,
          "%s '%s' lost its worker or failed %d times. What had been made is removed; look at the workers' logs."
              .formatted(
                  run.job().command().type().word(),
                  run.job().command().subject(),
                  run.job().failures()));
    }
    Optional<LockRequest> lock =
        run.job().isMember() ? Optional.empty() : workflow.lock(run.job().command());
    if (lock.isPresent()) {
      place(run, "lock", "before-effect");
      OptionalLong fence = ledger.lockOrPark(run, lock.get());
      if (fence.isEmpty()) {
        return;
      }
      run.lockHeld(fence.getAsLong());
      place(run, "lock", "after-effect");
    }
    for (Step step : workflow.steps()) {
      progress.step = step.name();
      if (!run.hasJournaled(step.name())) {
        advance(run, step);
      }
    }
    place(run, "finish", "before-commit");
    ledger.complete(run, workflow);
    place(run, "finish", "after-commit");
  }

  private void advance(ActiveRun run, Step step) {
    lanes.standAside(run);
    run.check();
    if (!step.reversible() && !run.isUnstoppable()) {
      ledger.journalBeginning(run, begun(step));
      run.makeUnstoppable();
    }
    place(run, step.name(), "before-effect");
    long began = System.nanoTime();
    if (step.transactional()) {
      ledger.runAndJournal(run, step);
      place(run, step.name(), "after-effect");
    } else {
      Object result = step.run(run);
      place(run, step.name(), "after-effect");
      run.check();
      run.done(step.name(), result);
      if (!step.cheap()) {
        ledger.journal(run);
      }
    }
    metrics.stepTook(
        run.job().command().type(), step.name(), Duration.ofNanos(System.nanoTime() - began));
    place(run, step.name(), "after-journal");
  }

  private void failed(ActiveRun run, Workflow workflow, Progress progress, Failure failure) {
    if (failure.code() == FailureCode.DATABASE_UNAVAILABLE) {
      throw new LeaseLost(run.jobId(), run.attempt(), failure.reason());
    }
    Verdict verdict = Verdict.of(failure);
    ledger.recordFailure(run, progress.step, verdict);
    int failures = run.job().failures() + RetryPolicy.cost(failure.kind());
    boolean again =
        run.isUnstoppable()
            || (RetryPolicy.mayPass(failure.kind())
                && failure.code() != FailureCode.WORKER_LOST
                && !retries.spent(failures));
    if (again) {
      LOG.warnf("Attempt failed and is tried again: %s", failure.reason());
      ledger.retry(run, retries.delay(failure.kind(), failures), RetryPolicy.cost(failure.kind()));
      return;
    }
    LOG.infof("Job will not end well, and is undone: %s", failure.reason());
    ledger.condemn(run, verdict);
    undo(run, workflow, verdict);
  }

  private void undo(ActiveRun run, Workflow workflow, Verdict verdict) {
    run.makeUnstoppable();
    List<Step> steps = workflow.steps();
    try {
      for (int i = lastBegun(run::hasJournaled, steps); i >= 0; i--) {
        run.check();
        place(run, steps.get(i).name(), "before-undo");
        steps.get(i).undo(run);
        place(run, steps.get(i).name(), "after-undo");
      }
    } catch (LeaseLost lost) {
      throw lost;
    } catch (NotYet wait) {
      ledger.postponeUndo(run, wait.askAgain(), 0);
      return;
    } catch (RuntimeException e) {
      run.demandLease();
      Failure failure = e instanceof Failure known ? known : unexpected(e);
      LOG.errorf(e, "Undo failed and is tried again until it works: %s", failure.reason());
      ledger.recordFailure(run, "undo", Verdict.of(failure));
      ledger.postponeUndo(run, retries.delay(failure.kind(), run.job().failures()), 1);
      return;
    }
    place(run, "undone", "before-commit");
    ledger.fail(run, workflow, verdict);
    place(run, "undone", "after-commit");
  }

  // The step after the last journaled one may have taken effect too: its worker can have died
  // before the entry. So may all that follow a cheap one, whose entry is written later. One that
  // cannot be taken back is journaled before it begins, and its job is never undone after that.
  static int lastBegun(Predicate<String> journaled, List<Step> steps) {
    int last = 0;
    while (last < steps.size() - 1
        && steps.get(last + 1).reversible()
        && (journaled.test(steps.get(last).name()) || steps.get(last).cheap())) {
      last++;
    }
    return last;
  }

  private static String begun(Step step) {
    return step.name() + ":begun";
  }

  private void place(ActiveRun run, String step, String moment) {
    faults.reached(run.job().command().type().label() + "." + step + "." + moment);
  }

  private static Failure unexpected(RuntimeException bug) {
    return new Failure(
        FailureCode.INTERNAL,
        "An unexpected error of Cetak itself: %s. Please report it with the worker's log."
            .formatted(bug),
        bug);
  }
}
