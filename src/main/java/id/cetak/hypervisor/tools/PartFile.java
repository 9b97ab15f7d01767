package id.cetak.hypervisor.tools;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.StopSignal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Objects;
import java.util.Set;

/**
 * Makes a file so that it is either whole or not there: written as {@code <target>.part} beside its
 * target, synced and renamed. The part has a fixed name, so what a crash left is replaced by the
 * next try and goes with its folder. The new name outlives a power cut when the folder is settled.
 */
final class PartFile {
  private PartFile() {}

  /** Writes the file's whole content under this temporary name. */
  @FunctionalInterface
  interface Writer {
    void write(Path part) throws IOException;
  }

  /**
   * Leaves a target that exists as it is. When the writer fails the part is removed, so that it
   * takes no space; not when {@code stop} throws, for then the file may already be somebody else's.
   */
  static void make(String what, Path target, StopSignal stop, Writer writer) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    stop.check();
    Path folder = folderOf(target);
    Path part = folder.resolve(target.getFileName() + ".part");
    try {
      createFolder(folder);
      writer.write(part);
      stop.check();
      sync(part);
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Failure failure = ToolFailure.of(what, target, e);
      discard(part, stop, failure);
      throw failure;
    } catch (Failure e) {
      discard(part, stop, e);
      throw e;
    }
  }

  /** Writes the file's whole content into this new, empty file. */
  @FunctionalInterface
  interface ChannelWriter {
    void write(FileChannel part) throws IOException;
  }

  /**
   * Fills a part in this process. What an earlier worker left is unlinked rather than overwritten:
   * should that worker still live, it writes to a file that nobody will see.
   */
  static void fill(Path part, ChannelWriter writer, FileAttribute<?>... attributes)
      throws IOException {
    Files.deleteIfExists(part);
    try (FileChannel channel =
        FileChannel.open(
            part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
      writer.write(channel);
    }
  }

  static void writeFully(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  /** Makes the names in the folder durable, and its own. */
  static void settle(Path folder) throws IOException {
    sync(folder);
    sync(folderOf(folder));
  }

  private static void sync(Path fileOrFolder) throws IOException {
    try (FileChannel channel = FileChannel.open(fileOrFolder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
  }

  private static Path folderOf(Path path) {
    return Objects.requireNonNull(path.toAbsolutePath().getParent(), "the root is no target");
  }

  private static void discard(Path part, StopSignal stop, Failure why) {
    if (why.code() == FailureCode.IN_USE) {
      return;
    }
    try {
      stop.check();
      Files.deleteIfExists(part);
    } catch (IOException | RuntimeException e) {
      why.addSuppressed(e);
    }
  }
}
