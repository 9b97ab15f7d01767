package id.cetak.faults;

import static org.awaitility.Awaitility.await;

import id.cetak.lab.Witness;
import id.cetak.lab.WorkerProcess;
import java.time.Duration;
import java.util.List;

/** Where a fault strikes: a job, and the worker that stands at a place with it. */
final class Scene {
  static final Duration SOON = Duration.ofSeconds(90);

  private final Target target;
  private final String id;
  private final String command;
  private final String place;
  private final WorkerProcess worker;
  private final List<String> breaches;
  private final int attemptHere;

  Scene(
      Target target,
      String id,
      String command,
      String place,
      WorkerProcess worker,
      List<String> breaches) {
    this.target = target;
    this.id = id;
    this.command = command;
    this.place = place;
    this.worker = worker;
    this.breaches = breaches;
    this.attemptHere = attempt();
  }

  /** Of the command, and the name of what it makes. */
  String id() {
    return id;
  }

  String command() {
    return command;
  }

  String place() {
    return place;
  }

  WorkerProcess worker() {
    return worker;
  }

  String template() {
    return target.template(id);
  }

  String jobId() {
    return one("id::text");
  }

  int attempt() {
    String attempt = one("attempt::text");
    return attempt.isEmpty() ? 0 : Integer.parseInt(attempt);
  }

  boolean isOver() {
    return List.of("COMPLETED", "FAILED", "CANCELLED").contains(one("state"));
  }

  boolean leaseIsOver() {
    String over = one("(lease_until is null or lease_until < clock_timestamp())::text");
    return over.isEmpty() || over.equals("true");
  }

  /** Whether events wait that were not tried yet. */
  boolean hasFreshEvents() {
    return !Witness.rows("select 1 from outbox where sent_at is null and returns = 0").isEmpty();
  }

  /** Waits until something of the job's rows has changed, or until a lease's time has passed. */
  void awaitAnyMove() {
    String before = rows();
    long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
    await("a move of " + id)
        .atMost(SOON)
        .until(() -> !rows().equals(before) || System.nanoTime() > end);
  }

  void awaitFailureOrEnd() {
    await("a failure or the end of " + id)
        .atMost(SOON)
        .until(() -> isOver() || !complaint().isEmpty());
  }

  /**
   * The last failure's reason, of those that came here and not by an earlier fault. That a lease
   * ran out is none: it can be an earlier fault's.
   */
  String complaint() {
    return one(
        "(select reason from job_failure where job_id = job.id and job_failure.attempt >= %d and code <> 'WORKER_LOST' order by failed_at desc limit 1)"
            .formatted(attemptHere));
  }

  /** Whether the late worker says of its attempt that it is none any more. */
  boolean hasStopped(int attempt) {
    return worker.log().contains("Attempt %d of job %s stops".formatted(attempt, jobId()));
  }

  void awaitLateEnd(int attempt) {
    await("the late worker's attempt at " + id).atMost(SOON).until(() -> hasStopped(attempt));
  }

  void awaitEnd() {
    await("the end of " + id).atMost(SOON).until(this::isOver);
  }

  void breach(String sentence) {
    breaches.add(sentence);
  }

  private String rows() {
    return one(
            "state || attempt || failures || (select count(*) from job_step where job_id = job.id)")
        + Witness.rows("select count(*)::text from outbox where sent_at is null");
  }

  private String one(String what) {
    List<String> rows =
        Witness.rows("select %s from job where command_id = '%s'".formatted(what, id));
    return rows.isEmpty() || rows.get(0) == null ? "" : rows.get(0);
  }
}
