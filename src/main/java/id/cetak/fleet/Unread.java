package id.cetak.fleet;

import id.cetak.failure.FailureCode;
import java.util.Map;

/**
 * A host that was asked, or would have been, and has not reported.
 *
 * @param code {@code WORKER_LOST} for a host that is not heard of, {@code DEADLINE_PASSED} for one
 *     that took too long; else why its own part failed
 */
public record Unread(String host, FailureCode code, String reason) {
  /** As events say it. */
  Map<String, String> data() {
    return Map.of("host", host, "code", code.name(), "reason", reason);
  }
}
