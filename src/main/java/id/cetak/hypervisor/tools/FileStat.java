package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What tells one state of a file from another, and the room that it takes.
 *
 * @param allocatedBytes less than the size where the file has holes
 * @param modifiedNanos since the epoch, as fine as the file system keeps it
 */
record FileStat(long device, long inode, long sizeBytes, long allocatedBytes, long modifiedNanos) {
  private static final int AT_FDCWD = -100;
  private static final int STATX_BASIC_STATS = 0x7ff;

  /** Of the file itself when the path is a link to it. */
  static FileStat of(Path path) throws IOException {
    // struct statx is the same on every machine: offsets are of linux/stat.h.
    var answer = new Memory(256);
    try {
      Libc.LIBRARY.statx(AT_FDCWD, path.toString(), 0, STATX_BASIC_STATS, answer);
    } catch (LastErrorException e) {
      throw Libc.failure(path, e);
    }
    return new FileStat(
        ((long) answer.getInt(136) << 32) | (answer.getInt(140) & 0xffffffffL),
        answer.getLong(32),
        answer.getLong(40),
        answer.getLong(48) * 512,
        answer.getLong(112) * 1_000_000_000L + answer.getInt(120));
  }
}
