package id.cetak.hypervisor.tools;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Empty overlays that qemu-img has made, in memory: all overlays of one backing file are the same
 * bytes, a few blocks in a file of zeros. An overlay is found again only while its backing file is
 * the very same: path, inode, size and time of the last change.
 */
final class EmptyOverlays {
  private static final int BLOCK_BYTES = 4096;

  /** What is left out costs a child process: 64 overlays of 16 blocks are 4 MiB. */
  private static final int MOST_OVERLAYS = 64;

  private static final int MOST_BLOCKS = 16;

  private final Map<Key, Content> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Content> eldest) {
          return size() > MOST_OVERLAYS;
        }
      };

  /**
   * @param sizeBytes the size the guest sees; 0 for the backing file's
   */
  record Key(Path backing, String format, long sizeBytes, FileStat state) {
    static Key of(Path backing, String format, long sizeBytes) throws IOException {
      return new Key(backing, format, sizeBytes, FileStat.of(backing));
    }
  }

  /** The blocks of a file that are not all zeros. */
  record Content(List<Block> blocks, long fileBytes) {
    void writeTo(FileChannel file) throws IOException {
      for (Block block : blocks) {
        file.position(block.offset);
        PartFile.writeFully(file, block.bytes.duplicate());
      }
      if (file.size() < fileBytes) {
        file.position(fileBytes - 1);
        PartFile.writeFully(file, ByteBuffer.allocate(1));
      }
    }
  }

  record Block(long offset, ByteBuffer bytes) {}

  synchronized @Nullable Content find(Key key) {
    return kept.get(key);
  }

  /** Keeps what qemu-img has made; a file with more in it than an empty overlay has is not kept. */
  void keep(Key key, Path overlay) throws IOException {
    Content content = read(overlay);
    if (content.blocks.size() <= MOST_BLOCKS) {
      synchronized (this) {
        kept.put(key, content);
      }
    }
  }

  private static Content read(Path overlay) throws IOException {
    List<Block> blocks = new ArrayList<>();
    try (FileChannel file = FileChannel.open(overlay, StandardOpenOption.READ)) {
      long fileBytes = file.size();
      var zeros = ByteBuffer.allocate(BLOCK_BYTES);
      for (long at = 0; at < fileBytes && blocks.size() <= MOST_BLOCKS; at += BLOCK_BYTES) {
        var bytes = ByteBuffer.allocate((int) Math.min(BLOCK_BYTES, fileBytes - at));
        while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) >= 0) {}
        bytes.flip();
        if (!bytes.equals(zeros.duplicate().limit(bytes.remaining()))) {
          blocks.add(new Block(at, bytes.asReadOnlyBuffer()));
        }
      }
      return new Content(List.copyOf(blocks), fileBytes);
    }
  }
}
