package id.cetak.hypervisor.tools;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Copied;
import id.cetak.hypervisor.CopyWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Stand-alone copies of images, by the fastest way that the image and the file system allow. */
final class FullCopies {
  private final QemuImg qemuImg;
  private final CopyPace pace;

  FullCopies(QemuImg qemuImg, CopyPace pace) {
    this.qemuImg = qemuImg;
    this.pace = pace;
  }

  /**
   * @throws Failure {@code IN_USE} when a running QEMU writes the source
   */
  Copied make(String what, Path source, String format, Path part, CopyWatch watch)
      throws IOException {
    if (isPlain(source, format)) {
      if (Writers.anyOf(source)) {
        throw new Failure(
            FailureCode.IN_USE,
            what + ": a running QEMU holds the image. Tried again when it is free.");
      }
      return copyFile(source, part, watch);
    }
    long totalBytes =
        qemuImg.quietNamedChain(source, format, watch).stream()
            .mapToLong(link -> link.facts().actualSizeBytes())
            .sum();
    qemuImg.convert(
        new QemuImg.Source(what, source, format, totalBytes), part, pace.bytesPerSecond(), watch);
    return new Copied(Copied.Method.CONVERT, notPlain(source), FileStat.of(part).allocatedBytes());
  }

  static boolean isPlain(Path source, String format) throws IOException {
    return format.equals("qcow2")
        && Files.isRegularFile(source)
        && Qcow2Header.read(source).plain();
  }

  static String notPlain(Path source) {
    return "%s is no qcow2 image that stands alone".formatted(source.getFileName());
  }

  private Copied copyFile(Path source, Path part, CopyWatch watch) throws IOException {
    PartFile.fill(part, empty -> {});
    var obstacle = SharedBlocks.share(source, part);
    if (obstacle.isEmpty()) {
      return new Copied(Copied.Method.REFLINK, null, FileStat.of(source).allocatedBytes());
    }
    long bytes = new SparseCopy(source, pace, watch).into(part);
    return new Copied(Copied.Method.SPARSE, obstacle.get(), bytes);
  }
}
