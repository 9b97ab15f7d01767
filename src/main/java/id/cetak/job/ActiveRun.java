package id.cetak.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.Command;
import id.cetak.command.CommandId;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.workflow.Run;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One attempt in flight. Its lease is judged by the monotonic clock, from before the claim or
 * renewal was sent: a process that was stopped for longer than its lease finds out at its next
 * {@link #check}, whatever the database would say.
 */
final class ActiveRun implements Run {
  private final Job job;
  private final String host;
  private final ObjectMapper json;
  private final long startedNanos;
  private final Map<String, String> results = new ConcurrentHashMap<>();

  /** Results as values: every step asks for the plan. They are records, and never change. */
  private final Map<String, Object> read = new ConcurrentHashMap<>();

  /** What is not in the journal yet; used by the attempt's own thread alone. */
  private final Map<String, String> unwritten = new LinkedHashMap<>();

  private volatile long leaseEndsNanos;
  private volatile boolean leaseLost;
  private volatile boolean cancelRequested;
  private volatile boolean stopping;
  private volatile boolean unstoppable;
  private volatile long lockFence;

  ActiveRun(Job job, String host, ObjectMapper json, long claimedNanos, Duration lease) {
    this.job = job;
    this.host = host;
    this.json = json;
    this.startedNanos = claimedNanos;
    this.leaseEndsNanos = claimedNanos + lease.toNanos();
    this.cancelRequested = job.cancelRequested();
  }

  Job job() {
    return job;
  }

  void renewed(long sentNanos, Duration lease, boolean cancel) {
    leaseEndsNanos = sentNanos + lease.toNanos();
    cancelRequested |= cancel;
  }

  void cancelRequested() {
    cancelRequested = true;
  }

  /**
   * The worker stops: the attempt ends at its next look, and the job goes on elsewhere or later.
   */
  void stop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  void leaseLost() {
    leaseLost = true;
  }

  /**
   * From here on only a lost lease stops the run: it undoes, or has begun what cannot be taken
   * back.
   */
  void makeUnstoppable() {
    unstoppable = true;
  }

  boolean isUnstoppable() {
    return unstoppable;
  }

  void lockHeld(long fence) {
    lockFence = fence;
  }

  void journaled(Map<String, String> earlier) {
    results.putAll(earlier);
  }

  boolean hasJournaled(String step) {
    return results.containsKey(step);
  }

  /** A step has taken effect; its entry is still to be written to the journal. */
  void done(String step, @Nullable Object result) {
    try {
      String text = json.writeValueAsString(result);
      results.put(step, text);
      if (result == null) {
        read.remove(step);
      } else {
        read.put(step, result);
      }
      unwritten.put(step, text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Step " + step + ": its result cannot be written as JSON", e);
    }
  }

  /** The entries that are to be written, in order. */
  Map<String, String> unwritten() {
    return unwritten;
  }

  void written() {
    unwritten.clear();
  }

  @Override
  public UUID jobId() {
    return job.id();
  }

  @Override
  public int attempt() {
    return job.attempt();
  }

  @Override
  public long lockFence() {
    return lockFence;
  }

  @Override
  public CommandId commandId() {
    return job.command().id();
  }

  @Override
  public boolean wholeFleet() {
    return job.wholeFleet();
  }

  @Override
  public <C extends Command> C command(Class<C> type) {
    return type.cast(job.command());
  }

  @Override
  public <T> Optional<T> result(String step, Class<T> type) {
    String text = results.get(step);
    if (text == null) {
      return Optional.empty();
    }
    Object known = read.get(step);
    if (type.isInstance(known)) {
      return Optional.of(type.cast(known));
    }
    try {
      T value = json.readValue(text, type);
      if (value != null) {
        read.put(step, value);
      }
      return Optional.ofNullable(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Job %s: the journaled result of step %s cannot be read back".formatted(jobId(), step),
          e);
    }
  }

  @Override
  public <T> T plan(Class<T> type) {
    return result("plan", type)
        .orElseThrow(() -> new IllegalStateException("Job " + jobId() + " has no plan yet"));
  }

  @Override
  public Duration age() {
    return job.age().plusNanos(System.nanoTime() - startedNanos);
  }

  @Override
  public Map<String, Object> eventData() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("commandId", job.command().id().value());
    data.put("host", host);
    if (job.caller().producer() != null) {
      data.put("producer", job.caller().producer());
    }
    data.put("attempts", job.failures() + 1);
    data.put("durationMillis", age().toMillis());
    return data;
  }

  /**
   * Throws when the job is not this attempt's any more: whatever failed then says nothing of the
   * job.
   */
  void demandLease() {
    if (leaseLost) {
      throw new LeaseLost(jobId(), attempt(), "another worker has claimed the job");
    }
    if (stopping) {
      throw new LeaseLost(jobId(), attempt(), "the worker stops, and hands the job back");
    }
    if (System.nanoTime() - leaseEndsNanos > 0) {
      throw new LeaseLost(jobId(), attempt(), "its lease could not be renewed in time");
    }
  }

  @Override
  public void check() {
    demandLease();
    if (unstoppable) {
      return;
    }
    if (cancelRequested) {
      throw new Failure(
          FailureCode.CANCELLED,
          "%s '%s' was cancelled on request. What had been made is removed."
              .formatted(job.command().type().word(), job.command().subject()));
    }
    if (System.nanoTime() - startedNanos > job.remaining().toNanos()) {
      throw new Failure(
          FailureCode.DEADLINE_PASSED,
          "%s '%s' had not ended by its deadline. What had been made is removed; send it again with a later one."
              .formatted(job.command().type().word(), job.command().subject()));
    }
  }
}
