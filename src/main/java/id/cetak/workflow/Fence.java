package id.cetak.workflow;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.UUID;

/**
 * Stands before writes that only the attempt that has a job may make: a late one could leave rows
 * behind that nobody takes away again.
 */
@ApplicationScoped
public class Fence {
  private static final String MINE =
      "select id from job where id = :job and attempt = :attempt and state = 'RUNNING' for share";

  private final EntityManager database;

  Fence(EntityManager database) {
    this.database = database;
  }

  /**
   * Holds the job for this attempt until the caller's transaction ends: neither is it claimed again
   * meanwhile, nor does it end.
   *
   * @param what is being done, to begin an error's sentence
   * @throws Failure {@code OUTCOME_UNKNOWN} when another attempt has the job, or it has ended
   */
  @Transactional(Transactional.TxType.MANDATORY)
  public void demand(UUID job, int attempt, String what) {
    if (database
        .createNativeQuery(MINE)
        .setParameter("job", job)
        .setParameter("attempt", attempt)
        .getResultList()
        .isEmpty()) {
      throw new Failure(
          FailureCode.OUTCOME_UNKNOWN,
          "%s: another attempt than %d has the job, or it has ended. Looked at again."
              .formatted(what, attempt));
    }
  }
}
