package id.cetak.hypervisor.tools;

import com.fasterxml.jackson.databind.JsonNode;
import id.cetak.hypervisor.ImageFacts;
import java.nio.file.Path;

/**
 * What {@code qemu-img info} says of one image.
 *
 * @param backing the backing file as the image names it; empty when it has none
 * @param plain whether the file's bytes alone are the whole image, in the modern qcow2 version
 */
record ImageReport(ImageFacts facts, String backing, boolean plain) {

  static ImageReport of(JsonNode info) {
    JsonNode details = info.path("format-specific").path("data");
    String format = info.path("format").asText();
    String backing = info.path("backing-filename").asText("");
    String full = info.path("full-backing-filename").asText(backing);
    boolean externalData = details.has("data-file") || details.has("extents");
    var facts =
        new ImageFacts(
            format,
            info.path("virtual-size").asLong(),
            info.path("actual-size").asLong(),
            full.isEmpty() ? null : Path.of(full),
            info.hasNonNull("backing-filename-format")
                ? info.path("backing-filename-format").asText()
                : null,
            info.path("snapshots").size(),
            externalData);
    boolean plain =
        format.equals("qcow2")
            && backing.isEmpty()
            && facts.snapshots() == 0
            && !externalData
            && details.path("compat").asText().equals("1.1")
            && !details.path("corrupt").asBoolean();
    return new ImageReport(facts, backing, plain);
  }

  /** Whether QEMU would have to guess the format of the backing file. */
  boolean leavesBackingToGuess() {
    return !backing.isEmpty() && facts.backingFormat() == null;
  }
}
