package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Sees a running QEMU that uses an image, by the locks that it holds on it. QEMU locks one byte for
 * each permission that it uses, from 100 on, and one for each that it does not share, from 200 on;
 * the second permission is to write (block/file-posix.c, include/block/block-common.h).
 */
final class Writers {
  private static final int F_GETLK = 5;
  private static final short F_WRLCK = 1;
  private static final short F_UNLCK = 2;

  private static final long FIRST_BYTE = 100;
  private static final long BYTES = 200;
  private static final long WRITE_PERMISSION_BYTE = 101;

  private Writers() {}

  /** Whether a QEMU writes the image. */
  static boolean anyOf(Path image) throws IOException {
    return isLocked(image, WRITE_PERMISSION_BYTE, 1);
  }

  /** Whether a QEMU has the image open, for whatever. */
  static boolean orReadersOf(Path image) throws IOException {
    return isLocked(image, FIRST_BYTE, BYTES);
  }

  private static boolean isLocked(Path image, long first, long bytes) throws IOException {
    Memory lock = lock(F_WRLCK, first, bytes);
    try (var file = OpenFile.of(image, Libc.O_RDONLY)) {
      Libc.LIBRARY.fcntl(file.number(), F_GETLK, lock);
    } catch (LastErrorException e) {
      throw Libc.failure(image, e);
    }
    return lock.getShort(0) != F_UNLCK;
  }

  /** struct flock: type at 0, whence at 2, start at 8, length at 16, process at 24. */
  static Memory lock(short type, long first, long bytes) {
    var lock = new Memory(32);
    lock.clear();
    lock.setShort(0, type);
    lock.setLong(8, first);
    lock.setLong(16, bytes);
    return lock;
  }
}
