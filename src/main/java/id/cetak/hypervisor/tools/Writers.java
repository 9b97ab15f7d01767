package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Path;

/** Sees a running QEMU that writes an image, by the locks that it holds on it. */
final class Writers {
  private static final int F_GETLK = 5;
  private static final short F_WRLCK = 1;
  private static final short F_UNLCK = 2;

  /**
   * QEMU locks one byte for each permission that it uses: from 100 on, and the second permission is
   * to write (block/file-posix.c, include/block/block-common.h).
   */
  private static final long WRITE_PERMISSION_BYTE = 101;

  private Writers() {}

  static boolean anyOf(Path image) throws IOException {
    // struct flock: type at 0, whence at 2, start at 8, length at 16, process at 24.
    var lock = new Memory(32);
    lock.clear();
    lock.setShort(0, F_WRLCK);
    lock.setLong(8, WRITE_PERMISSION_BYTE);
    lock.setLong(16, 1);
    try (var file = OpenFile.of(image, Libc.O_RDONLY)) {
      Libc.LIBRARY.fcntl(file.number(), F_GETLK, lock);
    } catch (LastErrorException e) {
      throw Libc.failure(image, e);
    }
    return lock.getShort(0) != F_UNLCK;
  }
}
