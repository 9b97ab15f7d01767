package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import id.cetak.hypervisor.FreeSpace;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a file system can still take. */
final class FileSystemRoom {
  private FileSystemRoom() {}

  /** For this user, where the path is or will be; nothing when that cannot be told. */
  static FreeSpace of(Path path) {
    Path there = path.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    // struct statvfs: eight bytes each for block size, fragment size, blocks, free blocks, blocks
    // for us, files, free files, files for us.
    var answer = new Memory(256);
    try {
      Libc.LIBRARY.statvfs(there.toString(), answer);
    } catch (LastErrorException e) {
      return new FreeSpace(0, 0, 0, 0);
    }
    boolean counted = answer.getLong(40) != 0;
    long blockBytes = answer.getLong(8);
    return new FreeSpace(
        blockBytes * answer.getLong(32),
        counted ? answer.getLong(56) : Long.MAX_VALUE,
        blockBytes * answer.getLong(16),
        counted ? answer.getLong(40) : Long.MAX_VALUE);
  }
}
