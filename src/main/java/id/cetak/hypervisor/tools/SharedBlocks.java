package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Copies that share their blocks with the source, where the file system can (XFS, btrfs). */
final class SharedBlocks {
  /** {@code _IOW(0x94, 9, int)}. */
  private static final long FICLONE = 0x40049409L;

  private static final int EXDEV = 18;
  private static final int EINVAL = 22;
  private static final int ENOTTY = 25;
  private static final int EOPNOTSUPP = 95;
  private static final Set<Integer> CANNOT = Set.of(EINVAL, ENOTTY, EOPNOTSUPP);

  private SharedBlocks() {}

  /**
   * Gives an empty file the blocks of another. The kernel is asked anew each time, which takes some
   * microseconds: it alone knows what these two files can share.
   *
   * @return why the blocks cannot be shared; empty when they are
   */
  static Optional<String> share(Path source, Path target) throws IOException {
    try (var from = OpenFile.of(source, Libc.O_RDONLY);
        var to = OpenFile.of(target, Libc.O_RDWR)) {
      Libc.LIBRARY.ioctl(to.number(), new NativeLong(FICLONE), new NativeLong(from.number()));
      return Optional.empty();
    } catch (LastErrorException e) {
      if (e.getErrorCode() == EXDEV) {
        return Optional.of(apart(source, target));
      }
      if (CANNOT.contains(e.getErrorCode())) {
        return Optional.of(cannot(target, Files.getFileStore(target)));
      }
      throw Libc.failure(target, e);
    }
  }

  static String apart(Path source, Path target) {
    return "%s and %s lie on different file systems"
        .formatted(source.getParent(), target.getParent());
  }

  static String cannot(Path target, FileStore store) {
    return "the file system of %s (%s) cannot share blocks"
        .formatted(target.getParent(), store.type());
  }
}
