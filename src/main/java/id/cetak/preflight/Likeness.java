package id.cetak.preflight;

import java.util.List;
import java.util.Map;

/**
 * Which jobs of the past are like the one that is asked about.
 *
 * @param kinds the closest first, each as what such a job's command holds; the words say it for
 *     people
 * @param pieces how many times as long as one of their pieces it takes: a batch's clones, else 1
 */
public record Likeness(List<Kind> kinds, int pieces) {
  /** Commands that hold these fields, as they are stored. */
  public record Kind(String words, Map<String, Object> fields) {}
}
