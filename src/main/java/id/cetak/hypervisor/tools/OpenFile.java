package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.file.Path;

/** An open file as the kernel's calls take it. */
final class OpenFile implements AutoCloseable {
  private final int number;

  private OpenFile(int number) {
    this.number = number;
  }

  static OpenFile of(Path path, int flags) throws IOException {
    try {
      return attempt(path, flags);
    } catch (LastErrorException e) {
      throw Libc.failure(path, e);
    }
  }

  /** As {@link #of}, for whoever tells one refusal of the kernel from another. */
  static OpenFile attempt(Path path, int flags) throws LastErrorException {
    return new OpenFile(Libc.LIBRARY.open(path.toString(), flags | Libc.O_CLOEXEC));
  }

  int number() {
    return number;
  }

  @Override
  public void close() {
    Libc.LIBRARY.close(number);
  }
}
