package id.cetak.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.failure.FailureCode;
import id.cetak.workflow.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Gives due jobs to a worker, each with a new attempt number and a lease from now. What a claim
 * costs depends on how many it takes, not on how many wait: every list that it reads is an index in
 * the order in which it takes.
 */
@ApplicationScoped
class ClaimStore {
  // Jobs whose worker is gone come first: they hold locks and half-made things.
  private static final String DUE =
      """
      with lost as materialized (
        select id, state as was from job
         where host = :host and state in ('RUNNING', 'UNDOING') and lease_until <= statement_timestamp()
           and (:members or batch_id is null)
         order by lease_until limit :room
           for update skip locked),
      waiting as materialized (
        select id, state as was from job
         where host = :host and run_after <= statement_timestamp()
           and (state in ('RETRYING', 'PARKED') or (state = 'QUEUED' and (batch_id is null or spread)))
           and (:members or batch_id is null)
         order by run_after limit :room
           for update skip locked),
      due as materialized (
        select id, was from lost union all select id, was from waiting limit :room)
      """;

  private static final String MEMBERS =
      """
      with due as materialized (
        select id, state as was from job
         where batch_id = :batch and state = 'QUEUED' and run_after <= statement_timestamp()
         order by batch_number limit :room
           for update skip locked)
      """;

  private static final String TAKE =
      """
      update job
         set state = case was when 'UNDOING' then 'UNDOING' else 'RUNNING' end,
             attempt = job.attempt + 1,
             failures = job.failures + case was when 'RUNNING' then 1 else 0 end,
             worker = :worker, waits_on = null, waits_for = null,
             lease_until = clock_timestamp() + make_interval(secs => :lease)
        from due join job mine on mine.id = due.id left join job batch on batch.id = mine.batch_id
       where job.id = due.id
      returning job.id, was, job.type, job.state, job.attempt, job.failures, job.batch_id,
                cast(coalesce(case when mine.batch_id is not null then batch.shared_spec end,
                              cast('{}' as jsonb)) || job.spec as text) as spec,
                cast(1000 * extract(epoch from clock_timestamp() - job.accepted_at) as bigint) as age_millis,
                cast(1000 * extract(epoch from coalesce(job.deadline, clock_timestamp() + interval '100 years')
                                               - clock_timestamp()) as bigint) as remaining_millis,
                job.cancel_requested, job.verdict_code, job.verdict_reason,
                job.reply_to, job.correlation_id, job.traceparent, job.producer, job.whole_fleet
      """;

  private static final String OPEN_BATCHES =
      """
      select id from job
       where host = :host and shared_spec is not null
         and state in ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING')
       order by accepted_at
      """;

  private static final String RECORD_LOSS =
      """
      insert into job_failure (job_id, attempt, step, code, reason)
      values (:id, :attempt, null, 'WORKER_LOST', :reason)
      """;

  private final EntityManager database;
  private final ObjectMapper json;

  ClaimStore(EntityManager database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  /** Who claims. */
  record Claimant(String host, String worker, Duration lease) {}

  /**
   * Claims due jobs of the host, but no member of a batch that has not run yet, unless it is the
   * only one on its host.
   *
   * @param members whether there is room for members that go on: all of a large batch can become
   *     due at once, when libvirt is back
   */
  @Transactional
  List<Job> claim(Claimant claimant, int room, boolean members) {
    return take(
        query(DUE + TAKE, claimant, room)
            .setParameter("host", claimant.host())
            .setParameter("members", members));
  }

  /** Claims members of a batch for their first run, in order. */
  @Transactional
  List<Job> claimMembers(UUID batch, Claimant claimant, int room) {
    return take(query(MEMBERS + TAKE, claimant, room).setParameter("batch", batch));
  }

  /** The batches of the host that have not ended, the oldest first. */
  @Transactional
  List<UUID> openBatches(String host) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(OPEN_BATCHES, Tuple.class)
            .setParameter("host", host)
            .getResultList();
    return rows.stream().map(row -> row.get("id", UUID.class)).toList();
  }

  private Query query(String sql, Claimant claimant, int room) {
    return database
        .createNativeQuery(sql, Tuple.class)
        .setParameter("worker", claimant.worker())
        .setParameter("lease", claimant.lease().toMillis() / 1000.0)
        .setParameter("room", room);
  }

  @SuppressWarnings("unchecked")
  private List<Job> take(Query query) {
    return ((List<Tuple>) query.getResultList()).stream().map(this::claimed).toList();
  }

  private Job claimed(Tuple row) {
    UUID id = row.get("id", UUID.class);
    int attempt = row.get("attempt", Integer.class);
    if (row.get("was", String.class).equals("RUNNING")) {
      recordLoss(id, attempt);
    }
    return new Job(
        id,
        command(row),
        JobState.valueOf(row.get("state", String.class)),
        attempt,
        row.get("failures", Integer.class),
        Duration.ofMillis(row.get("age_millis", Long.class)),
        Duration.ofMillis(row.get("remaining_millis", Long.class)),
        row.get("cancel_requested", Boolean.class),
        verdict(row),
        new Job.Caller(
            row.get("reply_to", String.class),
            row.get("correlation_id", String.class),
            row.get("traceparent", String.class),
            row.get("producer", String.class)),
        row.get("batch_id", UUID.class),
        row.get("whole_fleet", Boolean.class));
  }

  private void recordLoss(UUID id, int attempt) {
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

  private static @Nullable Verdict verdict(Tuple row) {
    String code = row.get("verdict_code", String.class);
    return code == null
        ? null
        : new Verdict(FailureCode.valueOf(code), row.get("verdict_reason", String.class));
  }

  private Command command(Tuple row) {
    CommandType type = CommandType.valueOf(row.get("type", String.class));
    try {
      return json.readValue(row.get("spec", String.class), type.content());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Job %s: its stored %s command cannot be read back".formatted(row.get("id"), type), e);
    }
  }
}
