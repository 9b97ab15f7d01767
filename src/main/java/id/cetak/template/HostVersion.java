package id.cetak.template;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * A version of any host, as the database has it.
 *
 * @param stands whether its images should be there, as they were sealed
 * @param folder where they are on its host
 * @param files in the order of their names, the root disk's first; none while the seal runs
 */
public record HostVersion(
    UUID id,
    String label,
    String template,
    int version,
    String host,
    boolean stands,
    Path folder,
    List<File> files) {
  public HostVersion {
    files = List.copyOf(files);
  }

  /** A sealed file as it was recorded. */
  public record File(String name, String digest, String fingerprint) {}

  /** Where a file is. */
  public Path path(File file) {
    return folder.resolve(file.name());
  }
}
