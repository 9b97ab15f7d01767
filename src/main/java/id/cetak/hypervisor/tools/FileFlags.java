package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.file.Path;

/** The attributes that {@code lsattr} shows, which Java does not. */
final class FileFlags {
  private static final int FLAG_IMMUTABLE = 0x10;

  /** {@code _IOR('f', 1, long)}. */
  private static final long FS_IOC_GETFLAGS = 0x80086601L;

  private static final int ENOTTY = 25;
  private static final int EOPNOTSUPP = 95;

  private FileFlags() {}

  /**
   * Whether not even root can change the file; false where the file system knows no such flag.
   *
   * @throws IOException when the file is not there, is a link, or may not be read
   */
  static boolean isImmutable(Path path) throws IOException {
    var flags = new Memory(Long.BYTES);
    flags.clear();
    try (var file = OpenFile.of(path, Libc.O_NONBLOCK | Libc.O_NOFOLLOW)) {
      Libc.LIBRARY.ioctl(file.number(), new NativeLong(FS_IOC_GETFLAGS), flags);
      return (flags.getInt(0) & FLAG_IMMUTABLE) != 0;
    } catch (LastErrorException e) {
      if (e.getErrorCode() == ENOTTY || e.getErrorCode() == EOPNOTSUPP) {
        return false;
      }
      throw Libc.failure(path, e);
    }
  }
}
