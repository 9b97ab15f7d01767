package id.cetak.lock;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.workflow.LockRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Shared and exclusive locks on templates, across hosts, first come, first served.
 *
 * <p>A lock belongs to a job and ends with it, in the same transaction: there is no expiry to race
 * with, and a killed worker's job still holds its lock when it is claimed again. What makes a late
 * holder harmless is the fence: it grows with every exclusive grant, and a write that carries an
 * older one changes nothing.
 */
@ApplicationScoped
public class TemplateLocks {
  private static final String ENSURE =
      "insert into template (name) values (:template) on conflict (name) do nothing";

  // A late attempt asks in vain: its job may have ended, and nobody would give the lock up again.
  // The job's row is held before the template's, as in the transaction that ends a job.
  private static final String SERIALIZE =
      """
      with mine as materialized (
        select id from job where id = :job and attempt = :attempt and state = 'RUNNING' for share)
      select template.fence from mine, template where template.name = :template
         for %s of template
      """;

  // Sharers do not stand in each other's way, not even for the length of a transaction.
  private static final String SERIALIZE_SHARED = SERIALIZE.formatted("share");

  private static final String SERIALIZE_EXCLUSIVE = SERIALIZE.formatted("update");

  // In the way: whoever holds it, unless both share; and whoever asked earlier and still asks,
  // unless both share.
  private static final String IN_THE_WAY =
      """
        from template_lease other join job on job.id = other.job_id
       where other.template = :template and other.job_id <> :job
         and (other.exclusive or :exclusive)
         and (other.fence is not null
              or (other.ticket < coalesce((select ticket from template_lease mine
                                            where mine.template = :template and mine.job_id = :job),
                                          9223372036854775807)
                  and other.refreshed_at > clock_timestamp() - make_interval(secs => :patience)))
      """;

  // Granted at once when nothing is in the way; who holds it already keeps its fence.
  private static final String REQUEST =
      """
      insert into template_lease (template, job_id, exclusive, fence)
      select :template, :job, :exclusive, case when not exists (select 1 %s) then :fence end
      on conflict (template, job_id) do update
        set refreshed_at = clock_timestamp(), fence = coalesce(template_lease.fence, excluded.fence)
      returning fence
      """
          .formatted(IN_THE_WAY);

  private static final String WHO_IS_IN_THE_WAY =
      """
      select other.exclusive, other.fence, job.command_id, job.type, job.host %s
       order by other.ticket
       limit 5
      """
          .formatted(IN_THE_WAY);

  // Only an exclusive holder writes under its fence, so only its grant raises it.
  private static final String RAISE_FENCE =
      "update template set fence = :fence where name = :template";

  // Taken before anybody is woken: a request that is just being parked is either seen by the wake
  // or sees the release.
  private static final String SERIALIZE_HELD =
      """
      with held as materialized (
        select template, exclusive from template_lease where job_id = :job order by template),
      one as materialized (
        select name from template
         where name in (select template from held where exclusive) order by name for update),
      all_others as materialized (
        select name from template
         where name in (select template from held where not exclusive) order by name for share)
      select name from one union all select name from all_others
      """;

  private static final String RELEASE =
      """
      with released as (delete from template_lease where job_id = :job returning template)
      update job set run_after = clock_timestamp()
       where state = 'PARKED' and waits_on in (select template from released)
      """;

  /**
   * A parked job asks again well within this time; one that does not is on a host that is gone, and
   * stops blocking.
   */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String GOES_ON = "The job goes on by itself when it is free.";

  /** No job has this id. */
  private static final UUID NOBODY = new UUID(0, 0);

  private final EntityManager database;

  TemplateLocks(EntityManager database) {
    this.database = database;
  }

  /** What came of a request. */
  public sealed interface Answer {
    /** Held, until the job ends. */
    record Granted(long fence) implements Answer {}

    /** Not held; the sentence names up to five jobs that hold it or wait ahead. */
    record Busy(String holders) implements Answer {}

    /** Not held, and nothing is changed: another attempt has the job, or it has ended. */
    record Outlived() implements Answer {}
  }

  /**
   * Asks for the lock, or finds it held by this job already. The job keeps its place in the order
   * while it waits. Runs inside the caller's transaction, which also parks the job when the answer
   * is {@link Answer.Busy}.
   */
  public Answer acquire(UUID jobId, int attempt, LockRequest request) {
    OptionalLong fenceNow = serialize(jobId, attempt, request);
    if (fenceNow.isEmpty()) {
      return new Answer.Outlived();
    }
    long last = fenceNow.getAsLong();
    long next = request.exclusive() ? last + 1 : last;
    Number fence =
        (Number)
            about(database.createNativeQuery(REQUEST), jobId, request)
                .setParameter("fence", next)
                .getSingleResult();
    if (fence == null) {
      return new Answer.Busy(problem(request.template(), inTheWay(jobId, request)) + " " + GOES_ON);
    }
    if (fence.longValue() > last) {
      ask(RAISE_FENCE, request.template()).setParameter("fence", next).executeUpdate();
    }
    return new Answer.Granted(fence.longValue());
  }

  /**
   * Who holds the lock or waits for it, in the way of whoever would ask now; changes nothing.
   *
   * @return why one would wait; empty when one would not
   */
  @Transactional
  public Optional<Failure> inTheWay(LockRequest request) {
    List<Tuple> inTheWay = inTheWay(NOBODY, request);
    return inTheWay.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Failure.of(FailureCode.IN_USE, problem(request.template(), inTheWay), GOES_ON));
  }

  /**
   * Waits for who asks for the same template right now.
   *
   * @return the template's fence; empty when this attempt does not have the job
   */
  private OptionalLong serialize(UUID jobId, int attempt, LockRequest request) {
    String sql = request.exclusive() ? SERIALIZE_EXCLUSIVE : SERIALIZE_SHARED;
    for (int look = 0; look < 2; look++) {
      @SuppressWarnings("unchecked")
      List<Number> fences =
          ask(sql, request.template())
              .setParameter("job", jobId)
              .setParameter("attempt", attempt)
              .getResultList();
      if (!fences.isEmpty()) {
        return OptionalLong.of(fences.get(0).longValue());
      }
      ask(ENSURE, request.template()).executeUpdate();
    }
    return OptionalLong.empty();
  }

  @SuppressWarnings("unchecked")
  private List<Tuple> inTheWay(UUID jobId, LockRequest request) {
    return (List<Tuple>)
        about(database.createNativeQuery(WHO_IS_IN_THE_WAY, Tuple.class), jobId, request)
            .getResultList();
  }

  /**
   * Gives up the job's lock and place, and wakes who waits for it; inside the transaction that ends
   * the job.
   */
  public void release(UUID jobId) {
    database.createNativeQuery(SERIALIZE_HELD).setParameter("job", jobId).getResultList();
    database.createNativeQuery(RELEASE).setParameter("job", jobId).executeUpdate();
  }

  private static Query about(Query query, UUID jobId, LockRequest request) {
    return query
        .setParameter("template", request.template())
        .setParameter("job", jobId)
        .setParameter("exclusive", request.exclusive())
        .setParameter("patience", PATIENCE.toSeconds());
  }

  private Query ask(String sql, String template) {
    return database.createNativeQuery(sql).setParameter("template", template);
  }

  private static String problem(String template, List<Tuple> inTheWay) {
    var who =
        inTheWay.stream()
            .map(
                row ->
                    "%s '%s' on host %s %s"
                        .formatted(
                            row.get("type", String.class).toLowerCase(java.util.Locale.ROOT),
                            row.get("command_id", String.class),
                            row.get("host", String.class),
                            row.get("fence") == null ? "waits ahead" : "holds it"))
            .toList();
    return "Template '%s' is locked: %s.".formatted(template, String.join(", ", who));
  }
}
