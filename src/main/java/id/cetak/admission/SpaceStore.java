package id.cetak.admission;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.UUID;

/** Promises in the rows of their jobs: a job that has ended is promised nothing any more. */
@ApplicationScoped
class SpaceStore implements Promises {
  // Whoever asks next on this host sees this promise, or has made its own before.
  private static final String SERIALIZE =
      "select cast(pg_advisory_xact_lock(hashtext('cetak.space'), hashtext(:host)) as text)";

  private static final String OTHERS =
      """
      select coalesce(sum(reserved_bytes), 0) as bytes, coalesce(sum(reserved_inodes), 0) as inodes from job
       where host = :host and reserved_bytes > 0 and id <> :id
         and state in ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING')
      """;

  private static final String PROMISE =
      """
      update job set reserved_bytes = :bytes, reserved_inodes = :inodes
       where id = :id and attempt = :attempt and state in ('RUNNING', 'UNDOING')
      """;

  /** No job has this id. */
  private static final UUID NOBODY = new UUID(0, 0);

  private final EntityManager database;

  SpaceStore(EntityManager database) {
    this.database = database;
  }

  @Override
  @Transactional
  public Promised reserve(String host, Admission.Applicant applicant, Need need, Need left) {
    database.createNativeQuery(SERIALIZE).setParameter("host", host).getSingleResult();
    Promised promised = Promises.judge(need, left, others(host, applicant.job()));
    if (promised.granted()) {
      shrink(applicant.job(), applicant.attempt(), need);
    }
    return promised;
  }

  @Override
  @Transactional
  public Promised look(String host, Need need, Need left) {
    return Promises.judge(need, left, others(host, NOBODY));
  }

  private Need others(String host, UUID but) {
    Tuple row =
        (Tuple)
            database
                .createNativeQuery(OTHERS, Tuple.class)
                .setParameter("host", host)
                .setParameter("id", but)
                .getSingleResult();
    return new Need(
        ((Number) row.get("bytes")).longValue(), ((Number) row.get("inodes")).longValue());
  }

  @Override
  @Transactional
  public void shrink(UUID job, int attempt, Need need) {
    database
        .createNativeQuery(PROMISE)
        .setParameter("bytes", need.bytes())
        .setParameter("inodes", need.inodes())
        .setParameter("id", job)
        .setParameter("attempt", attempt)
        .executeUpdate();
  }
}
