package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/** The attributes that {@code lsattr} shows, which Java does not. */
final class FileFlags {
  private static final int FLAG_IMMUTABLE = 0x10;
  private static final int O_RDONLY_NONBLOCK_NOFOLLOW_CLOEXEC = 0x800 | 0x20000 | 0x80000;

  /** {@code _IOR('f', 1, long)} on the 64-bit machines that run KVM and Java. */
  private static final long FS_IOC_GETFLAGS = 0x80086601L;

  private static final int EACCES = 13;
  private static final int ENOTTY = 25;
  private static final int EOPNOTSUPP = 95;

  private FileFlags() {}

  private interface C extends Library {
    C LIBRARY = Native.load("c", C.class);

    int open(String path, int flags) throws LastErrorException;

    int ioctl(int file, NativeLong request, Pointer argument) throws LastErrorException;

    int close(int file) throws LastErrorException;
  }

  /**
   * Whether not even root can change the file; false where the file system knows no such flag.
   *
   * @throws IOException when the file is not there, is a link, or may not be read
   */
  static boolean isImmutable(Path path) throws IOException {
    var flags = new Memory(Long.BYTES);
    flags.clear();
    try {
      int file = C.LIBRARY.open(path.toString(), O_RDONLY_NONBLOCK_NOFOLLOW_CLOEXEC);
      try {
        C.LIBRARY.ioctl(file, new NativeLong(FS_IOC_GETFLAGS), flags);
      } finally {
        C.LIBRARY.close(file);
      }
      return (flags.getInt(0) & FLAG_IMMUTABLE) != 0;
    } catch (LastErrorException e) {
      if (e.getErrorCode() == ENOTTY || e.getErrorCode() == EOPNOTSUPP) {
        return false;
      }
      if (e.getErrorCode() == EACCES) {
        throw new AccessDeniedException(path.toString());
      }
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }
}
