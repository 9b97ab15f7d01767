package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Keeps every QEMU from beginning to write a file, by the lock with which QEMU itself says that it
 * does not share this; see {@link Writers}. It stays on the file that the path led to, whatever the
 * path leads to later. One that writes already is not noticed: ask {@link Writers#anyOf}
 * afterwards.
 */
final class WriteBan implements AutoCloseable {
  private static final int F_OFD_SETLK = 37;
  private static final short F_RDLCK = 0;
  private static final long WRITE_NOT_SHARED_BYTE = 201;

  private final OpenFile file;

  WriteBan(Path image) throws IOException {
    file = OpenFile.of(image, Libc.O_RDONLY);
    try {
      Libc.LIBRARY.fcntl(
          file.number(), F_OFD_SETLK, Writers.lock(F_RDLCK, WRITE_NOT_SHARED_BYTE, 1));
    } catch (LastErrorException e) {
      file.close();
      throw Libc.failure(image, e);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
