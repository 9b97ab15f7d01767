package id.cetak.template;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything a seal decides before its first effect.
 *
 * @param version the number that the new version will have
 * @param parent the version that the domain was cast from, when it was cast from this template
 * @param domainXml the domain's definition, as the version will record it
 * @param work the folder for overlays, removed at the end
 * @param folder the folder of the sealed files
 */
public record SealPlan(
    String template,
    int version,
    @Nullable Integer parent,
    UUID domain,
    String domainXml,
    List<PlannedDisk> disks,
    @Nullable Path nvram,
    Path work,
    Path folder) {
  /** What the sealed UEFI variables are called. */
  static final String NVRAM = "nvram.fd";

  /** A disk of the source domain. */
  public record PlannedDisk(String target, Path source, String format, long virtualSizeBytes) {}

  /** What the n-th disk is called, as an overlay and as a sealed file. */
  static String diskName(int n) {
    return "disk-" + n + ".qcow2";
  }

  String label() {
    return template + "@" + version;
  }
}
