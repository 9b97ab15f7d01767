package id.cetak.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The only writer of a job's state after its claim. Every write after the claim carries {@code
 * attempt = mine}: a late worker's write changes no row, and the caller learns it from the returned
 * {@code false}. Leases run on the database's clock alone.
 */
@ApplicationScoped
class JobStore {
  // One statement for all runs of a worker. It waits for nobody: a row that another transaction has
  // locked is left for the next round, which is something else than a lease that is lost.
  private static final String RENEW =
      """
      with run as materialized (
        select id, attempt from jsonb_to_recordset(cast(:runs as jsonb)) as run (id uuid, attempt integer)),
      free as materialized (
        select job.id from job join run on run.id = job.id and run.attempt = job.attempt
         where job.state in ('RUNNING', 'UNDOING')
           for update of job skip locked),
      renewed as (
        update job set lease_until = clock_timestamp() + make_interval(secs => :lease)
          from free where job.id = free.id
        returning job.id)
      select run.id, renewed.id is not null as renewed,
             job.attempt = run.attempt and job.state in ('RUNNING', 'UNDOING') as held, job.cancel_requested
        from run join job on job.id = run.id left join renewed on renewed.id = run.id
      """;

  private static final String PARK =
      """
      update job set state = 'PARKED', waits_on = :waitsOn, waits_for = :sentence,
             run_after = least(clock_timestamp() + make_interval(secs => :delay), deadline,
                               case when cancel_requested and deadline is not null then clock_timestamp() end)
       where id = :id and attempt = :attempt and state = 'RUNNING'
      """;

  private static final String RETRY =
      """
      update job set state = 'RETRYING', failures = failures + :cost,
             run_after = least(clock_timestamp() + make_interval(secs => :delay), deadline,
                               case when cancel_requested and deadline is not null then clock_timestamp() end)
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
      update job set lease_until = clock_timestamp() + make_interval(secs => :delay), failures = failures + :cost
       where id = :id and attempt = :attempt and state = 'UNDOING'
      """;

  // The database takes the caller's cloud-init files out of the row and adds to the trail: a way to
  // end a job that forgets either cannot be written (V017, V018).
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

  private final EntityManager database;

  JobStore(EntityManager database) {
    this.database = database;
  }

  /**
   * What became of a lease.
   *
   * @param renewed whether it lasts longer now
   * @param held false when another attempt has the job, or it has ended
   */
  record Lease(UUID id, boolean renewed, boolean held, boolean cancelRequested) {}

  /**
   * Extends the leases of these attempts.
   *
   * @param attempts by the job's id
   */
  @Transactional
  List<Lease> renew(Map<UUID, Integer> attempts, Duration lease) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(RENEW, Tuple.class)
            .setParameter("runs", runs(attempts))
            .setParameter("lease", seconds(lease))
            .getResultList();
    return rows.stream()
        .map(
            row ->
                new Lease(
                    row.get("id", UUID.class),
                    row.get("renewed", Boolean.class),
                    row.get("held", Boolean.class),
                    row.get("cancel_requested", Boolean.class)))
        .toList();
  }

  private static String runs(Map<UUID, Integer> attempts) {
    ArrayNode runs = JsonNodeFactory.instance.arrayNode();
    attempts.forEach(
        (id, attempt) -> runs.addObject().put("id", id.toString()).put("attempt", attempt));
    return runs.toString();
  }

  /** RUNNING to PARKED; whatever ends the wait wakes the job, or this delay does. */
  @Transactional
  boolean park(UUID id, int attempt, NotYet wait) {
    return fenced(PARK, id, attempt)
            .setParameter("waitsOn", wait.waitsOn())
            .setParameter("sentence", wait.sentence())
            .setParameter("delay", seconds(wait.askAgain()))
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

  /**
   * Stays UNDOING; the next try comes after this delay, here or on another worker of the host.
   *
   * @param cost 1 when the undo failed, 0 when it only waits
   */
  @Transactional
  boolean postponeUndo(UUID id, int attempt, Duration delay, int cost) {
    return fenced(POSTPONE_UNDO, id, attempt)
            .setParameter("delay", seconds(delay))
            .setParameter("cost", cost)
            .executeUpdate()
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

  /** How many single jobs of the host wait for a first run slot, counted up to a limit. */
  @Transactional
  int queued(String host, int limit) {
    return ((Number)
            database
                .createNativeQuery(
                    "select count(*) from (select 1 from job where host = :host and state = 'QUEUED' and batch_id is null limit :limit) q")
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
