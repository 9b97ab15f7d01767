package id.cetak.template;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that was made from a version.
 *
 * @param disk {@code linked} when its disks lie on the version's images, {@code full} when it needs
 *     them no more, {@code foreign} for a domain that lies on them and that Cetak did not make so
 * @param state how far it is made or removed, in lower case; of a foreign domain, its power state
 * @param file the foreign domain's disk; null for a clone
 */
public record Dependant(
    UUID id, String name, String host, String disk, String state, @Nullable String file) {
  public static final String FOREIGN = "foreign";

  boolean isForeign() {
    return disk.equals(FOREIGN);
  }

  /** Whether its disks lie on the version's images. */
  boolean depends() {
    return !disk.equals("full");
  }

  Map<String, Object> eventData() {
    var data = new LinkedHashMap<String, Object>();
    data.put("name", name);
    data.put("uuid", id.toString());
    data.put("host", host);
    data.put("disk", disk);
    data.put("state", state);
    if (file != null) {
      data.put("file", file);
    }
    return data;
  }
}
