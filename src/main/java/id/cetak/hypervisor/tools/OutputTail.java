package id.cetak.hypervisor.tools;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Takes what a child writes to one pipe without ever blocking, keeps the last 64 KiB, and hands
 * over each line. CR and LF both end a line, because progress is written over itself.
 */
final class OutputTail {
  static final int KEPT_BYTES = 64 * 1024;
  private static final int MAX_LINE_BYTES = 4096;

  /** More than a pipe holds, so that a flood cannot keep the reader from its other duties. */
  private static final int MAX_BYTES_PER_VISIT = 1 << 20;

  private final InputStream pipe;
  private final Consumer<String> listener;
  private final byte[] buffer = new byte[2 * KEPT_BYTES];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int length;

  OutputTail(InputStream pipe, Consumer<String> listener) {
    this.pipe = pipe;
    this.listener = listener;
  }

  /** Takes what is there now. */
  void drain() throws IOException {
    byte[] chunk = new byte[8192];
    for (int taken = 0; taken < MAX_BYTES_PER_VISIT; ) {
      int count;
      // The JDK empties and exchanges the pipe when the child exits, under this same lock.
      synchronized (pipe) {
        int available = pipe.available();
        if (available <= 0) {
          return;
        }
        count = pipe.read(chunk, 0, Math.min(available, chunk.length));
      }
      if (count < 0) {
        return;
      }
      append(chunk, count);
      taken += count;
    }
  }

  String text() {
    int start = Math.max(0, length - KEPT_BYTES);
    return new String(buffer, start, length - start, StandardCharsets.UTF_8);
  }

  private void append(byte[] chunk, int count) {
    if (length + count > buffer.length) {
      System.arraycopy(buffer, length - KEPT_BYTES, buffer, 0, KEPT_BYTES);
      length = KEPT_BYTES;
    }
    System.arraycopy(chunk, 0, buffer, length, count);
    length += count;
    for (int i = 0; i < count; i++) {
      if (chunk[i] == '\n' || chunk[i] == '\r') {
        endLine();
      } else if (line.size() < MAX_LINE_BYTES) {
        line.write(chunk[i]);
      }
    }
  }

  private void endLine() {
    String text = line.toString(StandardCharsets.UTF_8).strip();
    line.reset();
    if (!text.isEmpty()) {
      listener.accept(text);
    }
  }
}
