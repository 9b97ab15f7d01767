package id.cetak.fleet;

import java.util.List;
import java.util.Map;

/**
 * Who has reported when the waiting ended; whoever reports later is not heard.
 *
 * @param hosts those that have, by name
 * @param unread those that have not, each with its reason
 */
public record Answers(List<String> hosts, List<Unread> unread) {
  public Answers {
    hosts = List.copyOf(hosts);
    unread = List.copyOf(unread);
  }

  /** As events say it. */
  public Map<String, Object> data() {
    return Map.of("hosts", hosts, "unread", unread.stream().map(Unread::data).toList());
  }
}
