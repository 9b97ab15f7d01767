package id.cetak.clone;

import java.nio.file.Path;
import java.util.UUID;

/**
 * Where a clone's files lie: in one folder, which is named by the clone's id alone and goes as a
 * whole. Nothing in a path comes from a caller.
 */
public record CloneFiles(Path folder) {
  public static CloneFiles of(Path images, UUID cloneId) {
    return new CloneFiles(images.resolve("clones").resolve(cloneId.toString()));
  }

  /**
   * @param number from 0, in the order of the template's disks
   */
  Path disk(int number) {
    return folder.resolve("disk-" + number + ".qcow2");
  }

  Path seed() {
    return folder.resolve("seed.iso");
  }

  Path nvram() {
    return folder.resolve("nvram.fd");
  }

  /**
   * What a serial port or the like writes to or listens on.
   *
   * @param name made of a device's name, a number and a suffix
   */
  Path device(String name) {
    return folder.resolve(name);
  }
}
