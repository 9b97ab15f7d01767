package id.cetak.hypervisor.tools;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Temporary folders that go with their run. Beside each lies a file that its worker keeps locked,
 * so that the next run knows the folders of workers that were killed, and removes them.
 */
final class RunFolders {
  private static final Logger LOG = Logger.getLogger(RunFolders.class);
  private static final String LOCK = ".lock";
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path parent;

  /** Locks of this process; opening one of them again would let it go. */
  private final Set<Path> mine = ConcurrentHashMap.newKeySet();

  RunFolders(Path parent) {
    this.parent = parent;
  }

  /** A folder that is private, empty, and removed when closed. */
  final class RunFolder implements AutoCloseable {
    private final Path path;
    private final Path lockFile;
    private final FileChannel lock;

    private RunFolder(Path path, Path lockFile, FileChannel lock) {
      this.path = path;
      this.lockFile = lockFile;
      this.lock = lock;
    }

    Path path() {
      return path;
    }

    @Override
    public void close() {
      try (lock) {
        FolderRemoval.remove(path);
        Files.deleteIfExists(lockFile);
        LibguestfsSockets.removeAbandoned();
      } catch (IOException e) {
        LOG.debugf(e, "The next run removes %s", path);
      } finally {
        mine.remove(lockFile);
      }
    }
  }

  RunFolder create() throws IOException {
    Files.createDirectories(parent);
    removeAbandoned();
    Path path = parent.resolve(UUID.randomUUID().toString().substring(0, 8));
    Path lockFile = parent.resolve(path.getFileName() + LOCK);
    mine.add(lockFile);
    FileChannel lock =
        FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    var folder = new RunFolder(path, lockFile, lock);
    // Another worker may have taken the file for abandoned in the moment before it was locked.
    if (lock.tryLock() == null || !Files.exists(lockFile)) {
      folder.close();
      throw new IOException(lockFile + " was removed by another worker");
    }
    Files.createDirectory(path, OWNER_ONLY);
    return folder;
  }

  /** Removes what killed workers left. */
  void removeAbandoned() throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    LibguestfsSockets.removeAbandoned();
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, "*" + LOCK)) {
      for (Path lockFile : locks) {
        if (!mine.contains(lockFile)) {
          removeIfAbandoned(lockFile);
        }
      }
    }
  }

  private static void removeIfAbandoned(Path lockFile) throws IOException {
    String name = lockFile.getFileName().toString();
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        FolderRemoval.remove(
            lockFile.resolveSibling(name.substring(0, name.length() - LOCK.length())));
        Files.deleteIfExists(lockFile);
      }
    } catch (NoSuchFileException | OverlappingFileLockException e) {
      LOG.debugf("%s has just gone, or is another's of this process", lockFile);
    }
  }
}
