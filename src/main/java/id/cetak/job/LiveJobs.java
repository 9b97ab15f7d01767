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

/** Says what jobs have in hands right now: what is half-made there is no mistake. */
@ApplicationScoped
public class LiveJobs {
  private static final String LIVE =
      """
      select id, spec ->> 'name' as name, spec ->> 'domain' as domain from job
       where state in ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING')
         and (host = :host or id = any(cast(string_to_array(:ids, ' ') as uuid[])))
      """;

  private static final String SEALING =
      "select distinct template from template_lease where exclusive and fence is not null";

  private final EntityManager database;

  LiveJobs(EntityManager database) {
    this.database = database;
  }

  /**
   * What must not be judged now.
   *
   * @param ids of jobs that have not ended; what they make is named after them
   * @param names of clones and domains that such jobs were told to work on
   * @param templates that a job has to itself
   */
  public record Held(Set<UUID> ids, Set<String> names, Set<String> templates) {
    /** What is in hands in either of two moments. */
    public Held and(Held other) {
      Held both = new Held(new HashSet<>(ids), new HashSet<>(names), new HashSet<>(templates));
      both.ids.addAll(other.ids);
      both.names.addAll(other.names);
      both.templates.addAll(other.templates);
      return both;
    }
  }

  /**
   * What the jobs of a host hold, and those of any host among these ids.
   *
   * @param ids because hosts can share a file system
   */
  @Transactional
  public Held of(String host, Collection<UUID> ids) {
    Held held = new Held(new HashSet<>(), new HashSet<>(), new HashSet<>());
    @SuppressWarnings("unchecked")
    List<Tuple> jobs =
        database
            .createNativeQuery(LIVE, Tuple.class)
            .setParameter("host", host)
            .setParameter("ids", String.join(" ", ids.stream().map(UUID::toString).toList()))
            .getResultList();
    for (Tuple job : jobs) {
      held.ids.add(job.get("id", UUID.class));
      held.names.add(job.get("name", String.class));
      held.names.add(job.get("domain", String.class));
    }
    @SuppressWarnings("unchecked")
    List<String> templates = database.createNativeQuery(SEALING).getResultList();
    held.templates.addAll(templates);
    held.names.remove(null);
    return held;
  }
}
