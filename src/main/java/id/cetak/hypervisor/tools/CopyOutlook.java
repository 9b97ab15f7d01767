package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.Copied;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * How {@link FullCopies} would copy an image, without making anything. Whether a file system shares
 * blocks is only known when it is asked to; here it is told by its kind.
 */
final class CopyOutlook {
  /** File systems that can, unless they were made otherwise. */
  private static final Set<String> SHARE = Set.of("xfs", "btrfs");

  private CopyOutlook() {}

  static Copied of(Path source, String format, Path target) throws IOException {
    long bytes = FileStat.of(source).allocatedBytes();
    if (!FullCopies.isPlain(source, format)) {
      return new Copied(Copied.Method.CONVERT, FullCopies.notPlain(source), bytes);
    }
    return obstacle(source, target)
        .map(obstacle -> new Copied(Copied.Method.SPARSE, obstacle, bytes))
        .orElseGet(() -> new Copied(Copied.Method.REFLINK, null, bytes));
  }

  private static Optional<String> obstacle(Path source, Path target) throws IOException {
    FileStore store = Files.getFileStore(existing(target));
    if (!Files.getFileStore(source).equals(store)) {
      return Optional.of(SharedBlocks.apart(source, target));
    }
    return SHARE.contains(store.type())
        ? Optional.empty()
        : Optional.of(SharedBlocks.cannot(target, store));
  }

  private static Path existing(Path path) {
    Path folder = path.toAbsolutePath();
    while (!Files.exists(folder) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return folder;
  }
}
