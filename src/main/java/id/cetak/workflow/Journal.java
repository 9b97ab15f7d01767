package id.cetak.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which steps of a job have taken effect, and what they returned. */
@ApplicationScoped
public class Journal {
  // The job's row is locked first, so that a claim by another worker and this entry cannot pass
  // each other.
  private static final String RECORD =
      """
      with mine as materialized (
        select id from job
         where id = :id and attempt = :attempt and state = 'RUNNING' and lease_until > clock_timestamp()
           for update)
      insert into job_step (job_id, step, attempt, result)
      select id, :step, :attempt, cast(:result as jsonb) from mine
      on conflict (job_id, step) do nothing
      """;

  private static final String MINE =
      "select count(*) from job_step where job_id = :id and step = :step and attempt = :attempt";

  private final EntityManager database;
  private final ObjectMapper json;

  Journal(EntityManager database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  /**
   * Writes that a step has taken effect.
   *
   * @return whether this attempt won; false when the lease is lost, and then the caller touches
   *     nothing more
   */
  @Transactional
  public boolean record(UUID jobId, int attempt, String step, @Nullable Object result) {
    int rows =
        database
            .createNativeQuery(RECORD)
            .setParameter("id", jobId)
            .setParameter("attempt", attempt)
            .setParameter("step", step)
            .setParameter("result", text(result))
            .executeUpdate();
    return rows == 1 || alreadyMine(jobId, attempt, step);
  }

  // A commit whose answer was lost is tried again, and then finds its own row.
  private boolean alreadyMine(UUID jobId, int attempt, String step) {
    Number rows =
        (Number)
            database
                .createNativeQuery(MINE, Long.class)
                .setParameter("id", jobId)
                .setParameter("step", step)
                .setParameter("attempt", attempt)
                .getSingleResult();
    return rows.intValue() == 1;
  }

  /**
   * The results of the steps that have taken effect, by name, as JSON; {@code null} text for none.
   */
  @Transactional
  public Map<String, String> read(UUID jobId) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(
                "select step, cast(result as text) as result from job_step where job_id = :id",
                Tuple.class)
            .setParameter("id", jobId)
            .getResultList();
    Map<String, String> results = new HashMap<>();
    for (Tuple row : rows) {
      String result = row.get("result", String.class);
      results.put(row.get("step", String.class), result == null ? "null" : result);
    }
    return results;
  }

  private @Nullable String text(@Nullable Object result) {
    try {
      return result == null ? null : json.writeValueAsString(result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A step's result cannot be written as JSON", e);
    }
  }
}
