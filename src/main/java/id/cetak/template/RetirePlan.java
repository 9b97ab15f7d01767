package id.cetak.template;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * What a retirement is going to remove.
 *
 * @param folder the folder of the sealed files, which goes as a whole
 * @param files what lies in it, by name
 */
record RetirePlan(UUID id, String template, int version, Path folder, List<Sealed> files) {
  /** A file, and its length. */
  record Sealed(String name, long bytes) {}

  long bytes() {
    return files.stream().mapToLong(Sealed::bytes).sum();
  }

  String label() {
    return template + "@" + version;
  }

  /** The files that a disk can lie on. */
  List<Path> images() {
    return files.stream()
        .map(Sealed::name)
        .filter(name -> name.endsWith(".qcow2"))
        .map(folder::resolve)
        .toList();
  }
}
