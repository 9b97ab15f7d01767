package id.cetak.producer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What belongs to which producer; read only. */
@ApplicationScoped
class ProducerStore {
  // A command counts with all the clones it asks for until it has ended, and the clones that it has
  // made by then do not count a second time.
  private static final String LOOK =
      """
      select 'CLONE' as kind, name as key, producer, template, cast(0 as bigint) as held
        from clone where name = any(:clones)
      union all
      select 'COMMAND', command_id, producer, null, 0 from job where command_id = any(:commands)
      union all
      select 'QUOTA', asked.producer, asked.producer, null,
             (select coalesce(sum(job.clones), 0) from job
               where job.producer = asked.producer and job.clones > 0
                 and job.state in ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING'))
             + (select count(*) from clone
                 where clone.producer = asked.producer
                   and not exists (select 1 from job
                                    where job.id = coalesce(clone.batch_id, clone.job_id)
                                      and job.state in ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING')))
        from unnest(cast(:producers as text[])) as asked(producer)
      """;

  private final EntityManager database;

  ProducerStore(EntityManager database) {
    this.database = database;
  }

  /**
   * Whose something is.
   *
   * @param producer null when nobody is known
   * @param template of a clone
   */
  record Owned(@Nullable String producer, @Nullable String template) {}

  /**
   * What was looked for and is there.
   *
   * @param held by producer, how many clones count against its quota
   */
  record Found(Map<String, Owned> clones, Map<String, Owned> commands, Map<String, Long> held) {}

  /** One statement, in the caller's transaction. */
  Found look(Collection<String> clones, Collection<String> commands, Collection<String> producers) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(LOOK, Tuple.class)
            .setParameter("clones", clones.toArray(String[]::new))
            .setParameter("commands", commands.toArray(String[]::new))
            .setParameter("producers", producers.toArray(String[]::new))
            .getResultList();
    Found found = new Found(new HashMap<>(), new HashMap<>(), new HashMap<>());
    for (Tuple row : rows) {
      String key = row.get("key", String.class);
      Owned owned = new Owned(row.get("producer", String.class), row.get("template", String.class));
      switch (row.get("kind", String.class)) {
        case "CLONE" -> found.clones().put(key, owned);
        case "COMMAND" -> found.commands().put(key, owned);
        default -> found.held().put(key, ((Number) row.get("held")).longValue());
      }
    }
    return found;
  }
}
