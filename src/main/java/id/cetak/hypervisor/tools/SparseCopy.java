package id.cetak.hypervisor.tools;

import com.sun.jna.LastErrorException;
import id.cetak.hypervisor.CopyWatch;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Copies a file without its holes, in this process: it can be stopped between two chunks, and dies
 * with the worker. Bytes are sent to the disk while the copy goes on and waited for a few chunks
 * later, so that the sync at the end is short, and guests do not find the memory full of our
 * unwritten pages.
 */
final class SparseCopy {
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int SYNC_START = 2;
  private static final int SYNC_WAIT = 1 | 2 | 4;

  /** Unwritten bytes that one copy may have in memory; less makes the disk wait for the copy. */
  private static final long UNWRITTEN_BYTES = 64 << 20;

  private final Path source;
  private final CopyPace pace;
  private final CopyWatch watch;
  private final long totalBytes;
  private long copiedBytes;
  private long startedTo;
  private long writtenTo;

  SparseCopy(Path source, CopyPace pace, CopyWatch watch) throws IOException {
    this.source = source;
    this.pace = pace;
    this.watch = watch;
    this.totalBytes = FileStat.of(source).allocatedBytes();
  }

  /** Copies everything into an empty file; returns the number of bytes that were no holes. */
  long into(Path target) throws IOException {
    try (var from = FileChannel.open(source, StandardOpenOption.READ);
        var to = FileChannel.open(target, StandardOpenOption.WRITE);
        // For what Java's channels cannot do; both see the same files.
        var holes = OpenFile.of(source, Libc.O_RDONLY);
        var disk = OpenFile.of(target, Libc.O_RDWR)) {
      long size = from.size();
      long start = seek(holes, 0, SEEK_DATA, size);
      while (start < size) {
        long end = seek(holes, start, SEEK_HOLE, size);
        copy(new Files(from, to, disk), start, end);
        start = seek(holes, end, SEEK_DATA, size);
      }
      if (to.size() < size) {
        to.write(ByteBuffer.allocate(1), size - 1);
      }
      return copiedBytes;
    }
  }

  private record Files(FileChannel from, FileChannel to, OpenFile disk) {}

  private void copy(Files files, long start, long end) throws IOException {
    long at = start;
    while (at < end) {
      long chunk = Math.min(pace.chunkBytes(), end - at);
      pace.await(chunk, watch);
      files.to.position(at);
      long moved = files.from.transferTo(at, chunk, files.to);
      if (moved <= 0) {
        throw new EOFException(source + " became shorter while it was copied");
      }
      at += moved;
      copiedBytes += moved;
      sendToDisk(files.disk, at);
      watch.copied(copiedBytes, Math.max(totalBytes, copiedBytes));
    }
  }

  /** Starts to write what is new, and waits for what is old. */
  private void sendToDisk(OpenFile disk, long end) throws IOException {
    if (end - startedTo < pace.chunkBytes()) {
      return;
    }
    try {
      Libc.LIBRARY.syncFileRange(disk.number(), startedTo, end - startedTo, SYNC_START);
      startedTo = end;
      if (startedTo - writtenTo > UNWRITTEN_BYTES) {
        long until = startedTo - UNWRITTEN_BYTES;
        Libc.LIBRARY.syncFileRange(disk.number(), writtenTo, until - writtenTo, SYNC_WAIT);
        writtenTo = until;
      }
    } catch (LastErrorException e) {
      throw Libc.failure(source, e);
    }
  }

  /** Where data or a hole begins; a file system that knows no holes has data everywhere. */
  private long seek(OpenFile holes, long from, int whence, long size) throws IOException {
    if (from >= size) {
      return size;
    }
    try {
      return Math.min(size, Libc.LIBRARY.lseek(holes.number(), from, whence));
    } catch (LastErrorException e) {
      if (e.getErrorCode() == Libc.ENXIO) {
        return size;
      }
      throw Libc.failure(source, e);
    }
  }
}
