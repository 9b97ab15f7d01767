package id.cetak.preflight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.app.CetakConfig;
import id.cetak.command.CommandType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.Optional;

/** How long jobs took on this host. */
@ApplicationScoped
class PastJobs {
  // The last ones of the type only: what the host was like long ago says little.
  private static final String MEDIAN =
      """
      select count(*) as jobs, percentile_cont(0.5) within group (order by millis) as median
        from (select 1000 * extract(epoch from ended_at - accepted_at)
                     / greatest(1, coalesce(cast(spec #>> '{names,count}' as integer), 1)) as millis, spec
                from job
               where host = :host and type = :type and state = 'COMPLETED' and batch_id is null
               order by ended_at desc limit 200) as past
       where spec @> cast(:fields as jsonb)
      """;

  private final EntityManager database;
  private final ObjectMapper json;
  private final String host;

  PastJobs(EntityManager database, ObjectMapper json, CetakConfig config) {
    this.database = database;
    this.json = json;
    this.host = config.host();
  }

  /** What the past says, and from how many jobs of which kind. */
  record Measured(long milliseconds, long jobs, String from) {}

  /** The median of the closest kind that there were jobs of; empty when there were none at all. */
  @Transactional
  Optional<Measured> median(CommandType type, Likeness likeness) {
    return likeness.kinds().stream()
        .flatMap(kind -> median(type, kind, likeness.pieces()).stream())
        .findFirst();
  }

  private Optional<Measured> median(CommandType type, Likeness.Kind kind, int pieces) {
    Tuple row =
        (Tuple)
            database
                .createNativeQuery(MEDIAN, Tuple.class)
                .setParameter("host", host)
                .setParameter("type", type.name())
                .setParameter("fields", text(kind))
                .getSingleResult();
    long jobs = ((Number) row.get("jobs")).longValue();
    if (jobs == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Measured(
            Math.round(((Number) row.get("median")).doubleValue() * pieces),
            jobs,
            "the median of the last %d %s on host %s, from their arrival to their end"
                .formatted(jobs, kind.words(), host)));
  }

  private String text(Likeness.Kind kind) {
    try {
      return json.writeValueAsString(kind.fields());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Fields of a command cannot be written as JSON", e);
    }
  }
}
