package id.cetak.event;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/**
 * One thing that happened, before it is given its CloudEvents form. An event is made only after its
 * effect was read back, and is stored in the same transaction as the state it reports.
 *
 * @param id never changes, however often the event is published
 * @param subject the template or clone that it is about
 * @param data what the contract lists for this type; values are strings, numbers, booleans, lists
 *     and maps
 */
public record Event(UUID id, EventType type, String subject, Map<String, Object> data) {
  /** A job's last event. Its id comes from the job's, so that a job has one whatever happens. */
  public static Event terminal(
      UUID jobId, EventType type, String subject, Map<String, Object> data) {
    UUID id = UUID.nameUUIDFromBytes(("terminal/" + jobId).getBytes(StandardCharsets.UTF_8));
    return new Event(id, type, subject, data);
  }
}
