package id.cetak.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * What came of trying the barrier of a version; what a host reports of it.
 *
 * @param content whether the files are those that were sealed
 * @param known the files' fingerprints as they are now, by name, where they are other than recorded
 *     and both content and layers are whole; else empty
 */
record Drilled(
    UUID id,
    String template,
    int version,
    List<TriedLayer> layers,
    Content content,
    Map<String, String> known) {
  /** What the digests say. */
  enum Content {
    SAME,
    CHANGED,
    MISSING
  }

  boolean sound() {
    return content == Content.SAME && layers.stream().noneMatch(TriedLayer::broken);
  }

  String label() {
    return template + "@" + version;
  }

  List<String> broken() {
    return layers.stream()
        .filter(TriedLayer::broken)
        .map(layer -> layer.layer().name() + " (" + layer.finding() + ")")
        .toList();
  }

  Map<String, Object> eventData() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("template", template);
    data.put("version", version);
    data.put("content", content.name().toLowerCase(Locale.ROOT));
    data.put("layers", layers.stream().map(TriedLayer::eventData).toList());
    return data;
  }
}
