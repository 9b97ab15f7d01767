package id.cetak.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.CommandType;
import id.cetak.failure.FailureCode;
import id.cetak.workflow.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The only writer of a job's state. Every write after the claim carries {@code attempt = mine}: a
 * late worker's write changes no row, and the caller learns it from the returned {@code false}.
 * Leases run on the database's clock alone.
 */
@ApplicationScoped
class JobStore {
  private static final String CLAIM =
      """
      with due as materialized (
        select id, state as was from job
         where host = :host
           and ((state in ('QUEUED', 'RETRYING', 'PARKED')
                 and (run_after <= clock_timestamp() or deadline <= clock_timestamp()
                      or (cancel_requested and deadline is not null)))
             or (state in ('RUNNING', 'UNDOING') and lease_until <= clock_timestamp()))
         order by run_after
         limit :room
           for update skip locked)
      update job
         set state = case was when 'UNDOING' then 'UNDOING' else 'RUNNING' end,
             attempt = attempt + 1,
             failures = failures + case was when 'RUNNING' then 1 else 0 end,
             worker = :worker, waits_on = null, waits_for = null,
             lease_until = clock_timestamp() + make_interval(secs => :lease)
        from due
       where job.id = due.id
      returning job.id, was, type, cast(spec as text) as spec, job.state, attempt, failures,
                cast(1000 * extract(epoch from clock_timestamp() - accepted_at) as bigint) as age_millis,
                cast(1000 * extract(epoch from coalesce(deadline, clock_timestamp() + interval '100 years') - clock_timestamp()) as bigint)
                  as remaining_millis,
                cancel_requested, verdict_code, verdict_reason, reply_to, correlation_id, traceparent
      """;

  private static final String RENEW =
      """
      update job set lease_until = clock_timestamp() + make_interval(secs => :lease)
       where id = :id and attempt = :attempt and state in ('RUNNING', 'UNDOING')
      returning cancel_requested
      """;

  private static final String PARK =
      """
      update job set state = 'PARKED', waits_on = :template, waits_for = :holders,
             run_after = clock_timestamp() + make_interval(secs => :delay)
       where id = :id and attempt = :attempt and state = 'RUNNING'
      """;

  private static final String RETRY =
      """
      update job set state = 'RETRYING', failures = failures + :cost,
             run_after = least(clock_timestamp() + make_interval(secs => :delay), deadline)
       where id = :id and attempt = :attempt and state = 'RUNNING'
      """;

  // Neither a deadline nor a cancel makes such a job due before its time.
  private static final String COMMIT_TO_END =
      """
      update job set deadline = null
       where id = :id and attempt = :attempt and state = 'RUNNING'
      """;

  private static final String CONDEMN =
      """
      update job set state = 'UNDOING', verdict_code = :code, verdict_reason = :reason
       where id = :id and attempt = :attempt and state = 'RUNNING'
      """;

  private static final String POSTPONE_UNDO =
      """
      update job set lease_until = clock_timestamp() + make_interval(secs => :delay), failures = failures + 1
       where id = :id and attempt = :attempt and state = 'UNDOING'
      """;

  private static final String END =
      """
      update job set state = :state, ended_at = clock_timestamp(), lease_until = null
       where id = :id and attempt = :attempt and state = :from
      """;

  private static final String RECORD_FAILURE =
      """
      insert into job_failure (job_id, attempt, step, code, reason)
      select :id, :attempt, cast(:step as text), :code, :reason
       where exists (select 1 from job where id = :id and attempt = :attempt)
      """;

  private static final String RECORD_LOSS =
      """
      insert into job_failure (job_id, attempt, step, code, reason)
      values (:id, :attempt, null, 'WORKER_LOST', :reason)
      """;

  private final EntityManager database;
  private final ObjectMapper json;

  JobStore(EntityManager database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  /**
   * Claims up to {@code room} due jobs of the host, each with a new attempt number and a lease from
   * now.
   */
  @Transactional
  List<Job> claim(String host, String worker, Duration lease, int room) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(CLAIM, Tuple.class)
            .setParameter("host", host)
            .setParameter("worker", worker)
            .setParameter("lease", seconds(lease))
            .setParameter("room", room)
            .getResultList();
    return rows.stream().map(this::claimed).toList();
  }

  private Job claimed(Tuple row) {
    UUID id = row.get("id", UUID.class);
    int attempt = row.get("attempt", Integer.class);
    if (row.get("was", String.class).equals("RUNNING")) {
      database
          .createNativeQuery(RECORD_LOSS)
          .setParameter("id", id)
          .setParameter("attempt", attempt - 1)
          .setParameter(
              "reason",
              "The worker of attempt %d was not heard of until its lease ran out. The job goes on with attempt %d."
                  .formatted(attempt - 1, attempt))
          .executeUpdate();
    }
    String code = row.get("verdict_code", String.class);
    return new Job(
        id,
        command(row),
        JobState.valueOf(row.get("state", String.class)),
        attempt,
        row.get("failures", Integer.class),
        Duration.ofMillis(row.get("age_millis", Long.class)),
        Duration.ofMillis(row.get("remaining_millis", Long.class)),
        row.get("cancel_requested", Boolean.class),
        code == null
            ? null
            : new Verdict(FailureCode.valueOf(code), row.get("verdict_reason", String.class)),
        new Job.Caller(
            row.get("reply_to", String.class),
            row.get("correlation_id", String.class),
            row.get("traceparent", String.class)));
  }

  private id.cetak.command.Command command(Tuple row) {
    CommandType type = CommandType.valueOf(row.get("type", String.class));
    try {
      return json.readValue(row.get("spec", String.class), type.content());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Job %s: its stored %s command cannot be read back".formatted(row.get("id"), type), e);
    }
  }

  /** Extends the lease. @return whether a cancel was asked for; empty when the lease is lost */
  @Transactional
  Optional<Boolean> renew(UUID id, int attempt, Duration lease) {
    @SuppressWarnings("unchecked")
    List<Boolean> rows =
        database
            .createNativeQuery(RENEW, Boolean.class)
            .setParameter("lease", seconds(lease))
            .setParameter("id", id)
            .setParameter("attempt", attempt)
            .getResultList();
    return rows.stream().findFirst();
  }

  /** RUNNING to PARKED; the release of the template's lock wakes the job, or this delay does. */
  boolean park(UUID id, int attempt, String template, String holders, Duration delay) {
    return fenced(PARK, id, attempt)
            .setParameter("template", template)
            .setParameter("holders", holders)
            .setParameter("delay", seconds(delay))
            .executeUpdate()
        == 1;
  }

  /**
   * RUNNING to RETRYING.
   *
   * @param cost 1 when the failure counts, 0 when the job may wait as long as its deadline lets it
   */
  @Transactional
  boolean retry(UUID id, int attempt, Duration delay, int cost) {
    return fenced(RETRY, id, attempt)
            .setParameter("delay", seconds(delay))
            .setParameter("cost", cost)
            .executeUpdate()
        == 1;
  }

  /** From here on the job has no deadline: it has begun what cannot be taken back. */
  @Transactional
  boolean commitToEnd(UUID id, int attempt) {
    return fenced(COMMIT_TO_END, id, attempt).executeUpdate() == 1;
  }

  /** RUNNING to UNDOING, with the verdict that the job will end in. */
  @Transactional
  boolean condemn(UUID id, int attempt, Verdict verdict) {
    return fenced(CONDEMN, id, attempt)
            .setParameter("code", verdict.code().name())
            .setParameter("reason", verdict.reason())
            .executeUpdate()
        == 1;
  }

  /** Stays UNDOING; the next try comes after this delay, here or on another worker of the host. */
  @Transactional
  boolean postponeUndo(UUID id, int attempt, Duration delay) {
    return fenced(POSTPONE_UNDO, id, attempt).setParameter("delay", seconds(delay)).executeUpdate()
        == 1;
  }

  /** To an end, inside the caller's transaction, which also stores the terminal event. */
  boolean end(UUID id, int attempt, JobState from, JobState to) {
    return fenced(END, id, attempt)
            .setParameter("from", from.name())
            .setParameter("state", to.name())
            .executeUpdate()
        == 1;
  }

  /** Keeps an attempt's failure; changes nothing when the attempt is not the newest. */
  @Transactional
  void recordFailure(UUID id, int attempt, @Nullable String step, Verdict failure) {
    fenced(RECORD_FAILURE, id, attempt)
        .setParameter("step", step)
        .setParameter("code", failure.code().name())
        .setParameter("reason", failure.reason())
        .executeUpdate();
  }

  /** How many jobs of the host wait for a first run slot, counted up to a limit. */
  @Transactional
  int queued(String host, int limit) {
    return ((Number)
            database
                .createNativeQuery(
                    "select count(*) from (select 1 from job where host = :host and state = 'QUEUED' limit :limit) q",
                    Long.class)
                .setParameter("host", host)
                .setParameter("limit", limit)
                .getSingleResult())
        .intValue();
  }

  /** Says that a worker of this host lives. */
  @Transactional
  void seen(String host) {
    database
        .createNativeQuery(
            """
            insert into host (name, seen_at) values (:host, clock_timestamp())
            on conflict (name) do update set seen_at = excluded.seen_at
            """)
        .setParameter("host", host)
        .executeUpdate();
  }

  private jakarta.persistence.Query fenced(String sql, UUID id, int attempt) {
    return database.createNativeQuery(sql).setParameter("id", id).setParameter("attempt", attempt);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
