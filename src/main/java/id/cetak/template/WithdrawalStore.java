package id.cetak.template;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Moves versions out of use: recalled, which keeps their images, or retired, which removes them.
 */
@ApplicationScoped
class WithdrawalStore {
  private static final String RECALL =
      """
      update template_version
         set state = 'RECALLED', recalled_at = clock_timestamp(), recalled_for = cast(:reason as text)
       where id = :id and retired_by is null and state = 'SEALED'
      """;

  // Only under the template's newest exclusive lock, under which no clone begins; what exists
  // already is looked at here once more.
  private static final String BEGIN_RETIREMENT =
      """
      with mine as materialized (select id from job where id = :job and attempt = :attempt for share)
      update template_version v set retired_by = mine.id from mine
       where v.id = :id and v.state in ('SEALED', 'RECALLED', 'QUARANTINED')
         and (v.retired_by is null or v.retired_by = mine.id)
         and exists (select 1 from template_lease l join template t on t.name = l.template
                      where l.job_id = mine.id and l.exclusive and l.fence = :fence and t.fence = l.fence)
         and not exists (select 1 from clone c
                          where c.template = v.template and c.version = v.version and c.disk = 'LINKED')
      """;

  private static final String ABANDON_RETIREMENT =
      """
      with mine as materialized (select id from job where id = :job and attempt = :attempt for share)
      update template_version v set retired_by = null from mine
       where v.retired_by = mine.id and v.state <> 'RETIRED'
      """;

  private static final String RETIRE =
      """
      update template_version set state = 'RETIRED', retired_at = clock_timestamp()
       where id = :id and retired_by = :job and state in ('SEALED', 'RECALLED', 'QUARANTINED')
      """;

  private final EntityManager database;

  WithdrawalStore(EntityManager database) {
    this.database = database;
  }

  /**
   * SEALED to RECALLED, in the caller's transaction. A clone that takes the version at the same
   * time has its entry before this returns, or never.
   *
   * @return false, and nothing is changed, when it is not sealed, or is being retired
   */
  @Transactional(Transactional.TxType.MANDATORY)
  boolean recall(UUID version, @Nullable String reason) {
    return database
            .createNativeQuery(RECALL)
            .setParameter("id", version)
            .setParameter("reason", reason)
            .executeUpdate()
        == 1;
  }

  /**
   * Takes a version for a job that removes its images, in a transaction of its own; quiet when this
   * job did so before.
   *
   * @return false, and nothing is changed, when a clone depends on it, another job has it, the
   *     lock's fence is not the newest, or a newer attempt has the job
   */
  @Transactional
  boolean beginRetirement(Retirement retirement) {
    return database
            .createNativeQuery(BEGIN_RETIREMENT)
            .setParameter("job", retirement.job())
            .setParameter("attempt", retirement.attempt())
            .setParameter("fence", retirement.fence())
            .setParameter("id", retirement.version())
            .executeUpdate()
        == 1;
  }

  /** Gives a version back, in a transaction of its own; quiet when this job has none. */
  @Transactional
  void abandonRetirement(UUID job, int attempt) {
    database
        .createNativeQuery(ABANDON_RETIREMENT)
        .setParameter("job", job)
        .setParameter("attempt", attempt)
        .executeUpdate();
  }

  /**
   * Turns a version that this job removed to RETIRED, in the caller's transaction.
   *
   * @throws IllegalStateException when this job has not taken it
   */
  @Transactional(Transactional.TxType.MANDATORY)
  void retired(UUID version, UUID job) {
    int rows =
        database
            .createNativeQuery(RETIRE)
            .setParameter("id", version)
            .setParameter("job", job)
            .executeUpdate();
    if (rows != 1) {
      throw new IllegalStateException("Version " + version + " is not being retired by " + job);
    }
  }
}
