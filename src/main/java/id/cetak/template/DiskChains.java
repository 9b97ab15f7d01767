package id.cetak.template;

import id.cetak.failure.Failure;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.ImageFacts;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Follows the disks of domains down to the files that they lie on, by the images' own headers. A
 * file is recognised by device and inode, whatever path leads to it.
 */
final class DiskChains {
  private static final byte[] QCOW2 = {'Q', 'F', 'I', (byte) 0xfb};

  /** QEMU itself takes no longer chain. */
  private static final int LONGEST = 200;

  private final Images images;
  private final Set<Object> wanted = new HashSet<>();

  /**
   * @param files what is looked for
   */
  DiskChains(Images images, List<Path> files) {
    this.images = images;
    files.stream().map(DiskChains::key).flatMap(Optional::stream).forEach(wanted::add);
  }

  /**
   * The domain when one of its disks lies on one of the files; also when a disk is there and cannot
   * be read, for then nobody knows.
   */
  Optional<Dependant> dependant(Domain domain, String host, StopSignal stop) {
    return diskOf(domain, EnumSet.of(Answer.YES, Answer.UNREADABLE), stop)
        .map(
            file ->
                new Dependant(
                    domain.uuid(),
                    domain.name(),
                    host,
                    Dependant.FOREIGN,
                    domain.state().name().toLowerCase(Locale.ROOT),
                    file.toString()));
  }

  /** The disk of the domain that surely lies on one of the files, or is one of them. */
  Optional<Path> holder(Domain domain, StopSignal stop) {
    return diskOf(domain, EnumSet.of(Answer.YES), stop);
  }

  private Optional<Path> diskOf(Domain domain, Set<Answer> wantedAnswers, StopSignal stop) {
    for (DomainDisk disk : DomainXml.parse(domain.xml()).disks()) {
      Path file = disk.file();
      if (file != null
          && Files.exists(file)
          && wantedAnswers.contains(liesOnWanted(file, disk.format(), stop))) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  private enum Answer {
    YES,
    NO,
    UNREADABLE
  }

  private Answer liesOnWanted(Path disk, String declared, StopSignal stop) {
    Path file = disk;
    String format = declared;
    try {
      for (int link = 0; link < LONGEST && Files.exists(file); link++) {
        if (key(file).filter(wanted::contains).isPresent()) {
          return Answer.YES;
        }
        if (format == null) {
          format = isQcow2(file) ? "qcow2" : "raw";
        }
        if (format.equals("raw")) {
          return Answer.NO;
        }
        ImageFacts facts = images.inspect(file, format, stop);
        if (facts.backingFile() == null) {
          return Answer.NO;
        }
        file = file.toAbsolutePath().resolveSibling(facts.backingFile());
        format = facts.backingFormat();
      }
      return Answer.NO;
    } catch (Failure | IOException unreadable) {
      stop.check();
      return Answer.UNREADABLE;
    }
  }

  private static boolean isQcow2(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(QCOW2.length), QCOW2);
    }
  }

  private static Optional<Object> key(Path file) {
    try {
      return Optional.of(
          Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
