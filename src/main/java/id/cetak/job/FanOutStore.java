package id.cetak.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.CommandType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Members that each run on a host of their own: what one command has many hosts do. There is one
 * for each host, so they are claimed like single commands; they end without an event, because
 * nobody but the job that made them waits for them, and what they found stands in their journal.
 */
@ApplicationScoped
public class FanOutStore {
  // A host says that it lives every ten seconds.
  private static final String ALIVE = "seen_at > clock_timestamp() - interval '60 seconds'";

  private static final String SEEN = "cast(1000 * extract(epoch from seen_at) as bigint)";

  private static final String HOSTS =
      "select name, " + SEEN + " as seen, " + ALIVE + " as alive from host order by name";

  private static final String SPAWN =
      """
      with mine as materialized (
        select * from job
         where id = :batch and attempt = :attempt and state in ('RUNNING', 'UNDOING') for update),
      made as (
        insert into job (id, command_id, content_hash, type, spec, host, subject, state, deadline,
                         batch_id, batch_number, spread, correlation_id, traceparent, producer)
        select member.id, member.command, sha256(convert_to(cast(member.spec as text), 'UTF8')), :type, member.spec,
               member.host, member.host, 'QUEUED',
               least(mine.deadline, clock_timestamp() + make_interval(secs => :patience)),
               mine.id, member.number, true, coalesce(mine.correlation_id, mine.command_id), mine.traceparent, mine.producer
          from mine, jsonb_to_recordset(cast(:members as jsonb))
               as member (id uuid, command text, host text, spec jsonb, number integer)
        on conflict do nothing)
      select count(*) from mine
      """;

  // A member that is claimed after its deadline ends at once, so one that has not is with a worker
  // that stands still, or with none.
  private static final String MEMBERS =
      """
      select job.host, job.state, verdict_code, verdict_reason, %s as seen,
             ended_at is null and (seen_at is null or not %s) as silent,
             ended_at is null and deadline < clock_timestamp() - interval '15 seconds' as late
        from job left join host on host.name = job.host
       where batch_id = :batch and spread
       order by batch_number
      """
          .formatted(SEEN, ALIVE);

  private static final String REPORTS =
      """
      select job.host, cast(job_step.result as text) as report
        from job join job_step on job_step.job_id = job.id and job_step.step = :step
       where batch_id = :batch and spread and state = 'COMPLETED' and host in (:hosts)
       order by batch_number
      """;

  private final EntityManager database;
  private final ObjectMapper json;

  FanOutStore(EntityManager database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  /**
   * A host that has had a worker.
   *
   * @param alive false when none was heard of for a minute
   */
  public record Host(String name, Instant seenAt, boolean alive) {}

  /**
   * A job to be made.
   *
   * @param id derived from the maker's, so that it is made once
   * @param spec its command, whole
   * @param number its place, unique among the maker's members
   */
  public record Seat(UUID id, String command, String host, JsonNode spec, int number) {}

  /**
   * How a member stands.
   *
   * @param silent it has not ended, and its host has no worker that was heard of for a minute
   * @param late it has not ended, and its deadline passed a while ago
   */
  public record Member(
      String host,
      JobState state,
      @Nullable String code,
      @Nullable String reason,
      @Nullable Instant seenAt,
      boolean silent,
      boolean late) {
    /** Whether it can still be waited for. */
    public boolean isWaitedFor() {
      return !state.ended() && !silent && !late;
    }
  }

  /** All hosts, by name. */
  @Transactional
  public List<Host> hosts() {
    List<Tuple> rows = rows(database.createNativeQuery(HOSTS, Tuple.class));
    return rows.stream()
        .map(
            row ->
                new Host(
                    row.get("name", String.class),
                    Instant.ofEpochMilli(row.get("seen", Long.class)),
                    row.get("alive", Boolean.class)))
        .toList();
  }

  /**
   * Makes members, all in one transaction; those that exist already stay as they are.
   *
   * @param patience until their deadline, which is never behind the maker's own
   * @return false when the maker's attempt is not the newest, and nothing was changed
   */
  @Transactional
  public boolean spawn(
      MemberStore.Batch maker, CommandType type, Duration patience, List<Seat> members) {
    Number mine =
        (Number)
            database
                .createNativeQuery(SPAWN)
                .setParameter("batch", maker.id())
                .setParameter("attempt", maker.attempt())
                .setParameter("type", type.name())
                .setParameter("patience", patience.toMillis() / 1000.0)
                .setParameter("members", text(members))
                .getSingleResult();
    return mine.intValue() == 1;
  }

  /** How the members of a job stand, in order. */
  @Transactional
  public List<Member> members(UUID maker) {
    List<Tuple> rows =
        rows(database.createNativeQuery(MEMBERS, Tuple.class).setParameter("batch", maker));
    return rows.stream()
        .map(
            row ->
                new Member(
                    row.get("host", String.class),
                    JobState.valueOf(row.get("state", String.class)),
                    row.get("verdict_code", String.class),
                    row.get("verdict_reason", String.class),
                    seen(row),
                    row.get("silent", Boolean.class),
                    row.get("late", Boolean.class)))
        .toList();
  }

  /**
   * What the members of these hosts have journaled under a step, as JSON, by host in order; of
   * those that ended well.
   */
  @Transactional
  public Map<String, String> reports(UUID maker, String step, Collection<String> hosts) {
    List<Tuple> rows =
        rows(
            database
                .createNativeQuery(REPORTS, Tuple.class)
                .setParameter("batch", maker)
                .setParameter("step", step)
                .setParameter("hosts", hosts));
    Map<String, String> reports = new LinkedHashMap<>();
    for (Tuple row : rows) {
      reports.put(row.get("host", String.class), row.get("report", String.class));
    }
    return reports;
  }

  private static @Nullable Instant seen(Tuple row) {
    Long millis = row.get("seen", Long.class);
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }

  @SuppressWarnings("unchecked")
  private static List<Tuple> rows(Query query) {
    return query.getResultList();
  }

  private String text(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The members of a job cannot be written as JSON", e);
    }
  }
}
