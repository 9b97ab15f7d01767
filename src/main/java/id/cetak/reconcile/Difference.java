package id.cetak.reconcile;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One thing in which a host and the database differ.
 *
 * @param name of the clone, the domain, the version or the folder
 * @param id of the same
 * @param meaning what was found, and what it means
 * @param repaired whether it was mended, and seen to be
 * @param obstacle why it was not mended though that was asked for
 */
record Difference(
    DifferenceKind kind,
    String name,
    UUID id,
    String meaning,
    boolean repaired,
    @Nullable String obstacle) {
  static Difference of(DifferenceKind kind, String name, UUID id, String meaning) {
    return new Difference(kind, name, id, meaning, false, null);
  }

  Difference mended() {
    return new Difference(kind, name, id, meaning, true, null);
  }

  Difference kept(String why) {
    return new Difference(kind, name, id, meaning, false, why);
  }

  /** As events say it. */
  Map<String, Object> data(String host) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("kind", kind.word());
    data.put("name", name);
    data.put("id", id.toString());
    data.put("host", host);
    data.put("meaning", meaning);
    data.put("repaired", repaired);
    if (!repaired) {
      data.put("remedy", kind.remedy());
    }
    if (obstacle != null) {
      data.put("obstacle", obstacle);
    }
    return data;
  }
}
