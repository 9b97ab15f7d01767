package id.cetak.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.CommandId;
import id.cetak.command.CommandType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The members of a batch: jobs that another job makes and waits for. They run like any job, but
 * under their batch's template lock, and behind single commands. What a batch does to its members
 * is fenced by the batch's own attempt.
 */
@ApplicationScoped
public class MemberStore {
  private static final String MINE =
      """
      with mine as materialized (
        select * from job
         where id = :batch and attempt = :attempt and state in ('RUNNING', 'UNDOING') for update)
      """;

  private static final String SHARE =
      """
      update job set shared_spec = cast(:shared as jsonb)
       where id = :batch and attempt = :attempt and state in ('RUNNING', 'UNDOING')
      """;

  private static final String SPAWN =
      MINE
          + """
            insert into job (id, command_id, content_hash, type, spec, host, subject, state, deadline,
                             batch_id, batch_number, correlation_id, traceparent, producer)
            select member.id, member.command, sha256(convert_to(cast(member.spec as text), 'UTF8')), :type, member.spec,
                   mine.host, member.subject, 'QUEUED', mine.deadline,
                   mine.id, member.number, coalesce(mine.correlation_id, mine.command_id), mine.traceparent, mine.producer
              from mine, jsonb_to_recordset(cast(:members as jsonb))
                   as member (id uuid, command text, spec jsonb, subject text, number integer)
            on conflict do nothing
            """;

  private static final String STOP =
      MINE
          + """
            update job set cancel_requested = true,
                   run_after = case when job.deadline is null then job.run_after else clock_timestamp() end
              from mine
             where job.batch_id = mine.id and job.type = :type and not job.cancel_requested
               and (job.state in ('QUEUED', 'PARKED', 'RETRYING') or (:running and job.state = 'RUNNING'))
            """;

  private static final String TALLY =
      """
      select type, state, count(*) as jobs from job where batch_id = :batch group by type, state
      """;

  private static final String FAILURES =
      """
      select subject, type, verdict_code as code, verdict_reason as reason from job
       where batch_id = :batch and state = 'FAILED' order by batch_number
      """;

  private static final String FIND =
      """
      select id, host, ended_at is not null as ended from job
       where command_id = :command and type = 'CLONE_BATCH'
      """;

  private static final String REMOVAL_ASKED =
      """
      select 1 from cancellation join job on job.command_id = cancellation.target
       where job.id = :batch and cancellation.remove_clones
         and cancellation.producer in ('', coalesce(job.producer, ''))
      """;

  private static final String ENDED =
      """
      update job set run_after = clock_timestamp()
       where id = :batch and state = 'PARKED'
         and not exists (select 1 from job member
                          where member.batch_id = :batch
                            and member.state in ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING'))
      """;

  private final EntityManager database;
  private final ObjectMapper json;

  MemberStore(EntityManager database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  /** The attempt of a batch's job that acts. */
  public record Batch(UUID id, int attempt) {}

  /**
   * A job to be made.
   *
   * @param id derived from the batch's, so that it is made once
   * @param command the id that its events carry
   * @param spec what its command does not share with the other members'
   * @param subject what its events are about
   * @param number its place, unique in the batch
   */
  public record Member(UUID id, String command, JsonNode spec, String subject, int number) {}

  /** How many members of a type are in a state. */
  public record Count(CommandType type, JobState state, long jobs) {}

  /** A member that failed, and why. */
  public record Failed(String subject, CommandType type, String code, String reason) {}

  /**
   * Makes members, all in one transaction; those that exist already stay as they are.
   *
   * @param shared what the commands of all members of this batch have in common
   * @return false when the batch's attempt is not the newest, and nothing was changed
   */
  @Transactional
  public boolean spawn(Batch batch, CommandType type, JsonNode shared, List<Member> members) {
    if (fenced(SHARE, batch).setParameter("shared", text(shared)).executeUpdate() == 0) {
      return false;
    }
    fenced(SPAWN, batch)
        .setParameter("type", type.name())
        .setParameter("members", text(members))
        .executeUpdate();
    return true;
  }

  /**
   * Cancels members of a type that have not ended: those that wait, and, when {@code running},
   * those that run too. What they had made is undone.
   */
  @Transactional
  public void stop(Batch batch, CommandType type, boolean running) {
    fenced(STOP, batch)
        .setParameter("type", type.name())
        .setParameter("running", running)
        .executeUpdate();
  }

  /** How many members are in each state. */
  @Transactional
  public List<Count> tally(UUID batch) {
    return rows(TALLY, batch).stream()
        .map(
            row ->
                new Count(
                    CommandType.valueOf(row.get("type", String.class)),
                    JobState.valueOf(row.get("state", String.class)),
                    ((Number) row.get("jobs")).longValue()))
        .toList();
  }

  /** The members that failed, in order. */
  @Transactional
  public List<Failed> failures(UUID batch) {
    return rows(FAILURES, batch).stream()
        .map(
            row ->
                new Failed(
                    row.get("subject", String.class),
                    CommandType.valueOf(row.get("type", String.class)),
                    row.get("code", String.class),
                    row.get("reason", String.class)))
        .toList();
  }

  /** The batch that a command asked for. */
  @Transactional
  public Optional<Found> find(CommandId command) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(FIND, Tuple.class)
            .setParameter("command", command.value())
            .getResultList();
    return rows.stream()
        .findFirst()
        .map(
            row ->
                new Found(
                    row.get("id", UUID.class),
                    row.get("host", String.class),
                    row.get("ended", Boolean.class)));
  }

  /** A batch's job: where it is, and whether it has ended. */
  public record Found(UUID id, String host, boolean ended) {}

  /** Whether who cancelled the batch wants its finished clones removed. */
  @Transactional
  public boolean removalAsked(UUID batch) {
    return !rows(REMOVAL_ASKED, batch).isEmpty();
  }

  // Two members that end at once do not see each other, and wake nobody: then the batch looks by
  // itself.
  /** Wakes the batch when its last member has ended; in the transaction that ends the member. */
  void ended(UUID batch) {
    database.createNativeQuery(ENDED).setParameter("batch", batch).executeUpdate();
  }

  private Query fenced(String sql, Batch batch) {
    return database
        .createNativeQuery(sql)
        .setParameter("batch", batch.id())
        .setParameter("attempt", batch.attempt());
  }

  @SuppressWarnings("unchecked")
  private List<Tuple> rows(String sql, UUID batch) {
    return database
        .createNativeQuery(sql, Tuple.class)
        .setParameter("batch", batch)
        .getResultList();
  }

  private String text(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The members of a batch cannot be written as JSON", e);
    }
  }
}
