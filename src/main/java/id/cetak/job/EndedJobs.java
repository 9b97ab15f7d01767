package id.cetak.job;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Says which jobs have ended. A job that has ended never begins again, so what is still named after
 * one that failed is left over, also when the database is an old one that was restored.
 */
@ApplicationScoped
public class EndedJobs {
  private static final String ENDED =
      """
      select id, state from job
       where state in ('COMPLETED', 'FAILED', 'CANCELLED')
         and host = :host and id = any(cast(string_to_array(:ids, ' ') as uuid[]))
      """;

  private final EntityManager database;

  EndedJobs(EntityManager database) {
    this.database = database;
  }

  /**
   * Of some ids, those of jobs that have ended.
   *
   * @param all however they ended
   * @param undone those that failed or were cancelled: nothing of them is to be left
   */
  public record Ended(Set<UUID> all, Set<UUID> undone) {
    public Ended {
      all = Set.copyOf(all);
      undone = Set.copyOf(undone);
    }
  }

  /** Those of a host's jobs among these ids that have ended. */
  @Transactional
  public Ended of(String host, Collection<UUID> ids) {
    Set<UUID> all = new HashSet<>();
    Set<UUID> undone = new HashSet<>();
    @SuppressWarnings("unchecked")
    List<Tuple> jobs =
        database
            .createNativeQuery(ENDED, Tuple.class)
            .setParameter("host", host)
            .setParameter("ids", String.join(" ", ids.stream().map(UUID::toString).toList()))
            .getResultList();
    for (Tuple job : jobs) {
      UUID id = job.get("id", UUID.class);
      all.add(id);
      if (JobState.valueOf(job.get("state", String.class)) != JobState.COMPLETED) {
        undone.add(id);
      }
    }
    return new Ended(all, undone);
  }
}
