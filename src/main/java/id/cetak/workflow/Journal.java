package id.cetak.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

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
      select mine.id, entry.key, :attempt, nullif(entry.value, cast('null' as jsonb))
        from mine, jsonb_each(cast(:entries as jsonb)) as entry
      on conflict (job_id, step) do nothing
      """;

  private static final String MINE =
      "select count(*) from job_step where job_id = :id and step in (:steps) and attempt = :attempt";

  private final EntityManager database;
  private final ObjectMapper json;

  Journal(EntityManager database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  /**
   * Writes that steps have taken effect.
   *
   * @param results what each step returned, as JSON, by the step's name
   * @return whether this attempt won; false when the lease is lost, and then the caller touches
   *     nothing more
   */
  @Transactional
  public boolean record(UUID jobId, int attempt, Map<String, String> results) {
    int rows =
        database
            .createNativeQuery(RECORD)
            .setParameter("id", jobId)
            .setParameter("attempt", attempt)
            .setParameter("entries", text(results))
            .executeUpdate();
    return rows == results.size() || alreadyMine(jobId, attempt, results);
  }

  // A commit whose answer was lost is tried again, and then finds its own rows.
  private boolean alreadyMine(UUID jobId, int attempt, Map<String, String> results) {
    Number rows =
        (Number)
            database
                .createNativeQuery(MINE)
                .setParameter("id", jobId)
                .setParameter("steps", results.keySet())
                .setParameter("attempt", attempt)
                .getSingleResult();
    return rows.intValue() == results.size();
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

  private String text(Map<String, String> results) {
    ObjectNode entries = json.createObjectNode();
    results.forEach((step, result) -> entries.putRawValue(step, new RawValue(result)));
    try {
      return json.writeValueAsString(entries);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Steps' results cannot be written as JSON", e);
    }
  }
}
