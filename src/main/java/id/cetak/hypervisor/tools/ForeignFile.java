package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of the import folder, held open. It is opened without following a link and without waiting
 * for the other end of a pipe, and judged afterwards by what was opened; all reading goes through
 * {@link #path}, which leads to this very file however its name is moved meanwhile.
 */
final class ForeignFile implements AutoCloseable {
  private static final String NO_FILE = "it is a pipe, a socket or a device, and no regular file";
  private static final int ELOOP = 40;
  private static final int FOLDER = 0x4000;
  private static final int REGULAR = 0x8000;

  /** What the kernel tells of an open file: its kind, its names, and what changes with it. */
  private record State(
      int kind, int links, long inode, long sizeBytes, long modified, long changed) {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int KIND_BITS = 0xf000;

    static State of(OpenFile file, Path path) throws IOException {
      // struct statx is the same on every machine: offsets are of linux/stat.h.
      var answer = new Memory(256);
      try {
        Libc.LIBRARY.statx(file.number(), "", AT_EMPTY_PATH, STATX_BASIC_STATS, answer);
      } catch (LastErrorException e) {
        throw Libc.failure(path, e);
      }
      return new State(
          answer.getShort(28) & KIND_BITS,
          answer.getInt(16),
          answer.getLong(32),
          answer.getLong(40),
          answer.getLong(112) * 1_000_000_000L + answer.getInt(120),
          answer.getLong(96) * 1_000_000_000L + answer.getInt(104));
    }
  }

  private final OpenFile file;
  private final State opened;

  private ForeignFile(OpenFile file, State opened) {
    this.file = file;
    this.opened = opened;
  }

  /**
   * @param name a file's name, already checked to be no path
   * @throws Unfit when there is no such file, or it is anything but a regular file with one name
   */
  static ForeignFile open(Path folder, String name) throws IOException, Unfit {
    Unfit.when(
        !Files.isDirectory(folder),
        "this host has no import folder %s. Make it, or set cetak.import.directory"
            .formatted(folder));
    OpenFile file = open(folder.resolve(name));
    try {
      State stat = State.of(file, folder.resolve(name));
      Unfit.when(stat.kind() == FOLDER, "it is a folder");
      Unfit.when(stat.kind() != REGULAR, NO_FILE);
      Unfit.when(
          stat.links() > 1,
          "it has %d names (hard links), so it may be a file of somewhere else. Copy it into the folder"
              .formatted(stat.links()));
      return new ForeignFile(file, stat);
    } catch (IOException | Unfit e) {
      file.close();
      throw e;
    }
  }

  private static OpenFile open(Path path) throws IOException, Unfit {
    int flags = Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK;
    try {
      return OpenFile.attempt(path, flags);
    } catch (LastErrorException e) {
      switch (e.getErrorCode()) {
        case Libc.ENOENT ->
            throw new Unfit(
                "there is no such file in %s. Put it there, or correct the name"
                    .formatted(path.getParent()));
        case ELOOP ->
            throw new Unfit("it is a symbolic link. Copy the file itself into the folder");
        case Libc.ENXIO -> throw new Unfit(NO_FILE);
        case Libc.EACCES ->
            throw new Unfit("the worker may not read it. Give its user or group access");
        default -> throw Libc.failure(path, e);
      }
    }
  }

  long sizeBytes() {
    return opened.sizeBytes();
  }

  /** A way to the open file, for whoever reads by a path. */
  Path path() {
    return Path.of("/proc/self/fd/" + file.number());
  }

  /** Whether it is what it was when it was opened. */
  boolean isUnchanged() throws IOException {
    return State.of(file, path()).equals(opened);
  }

  @Override
  public void close() {
    file.close();
  }
}
