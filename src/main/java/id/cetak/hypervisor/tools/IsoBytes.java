package id.cetak.hypervisor.tools;

import com.github.stephenc.javaisotools.iso9660.impl.ISO9660ShortDateDataReference;
import com.github.stephenc.javaisotools.sabre.DataReference;
import com.github.stephenc.javaisotools.sabre.Element;
import com.github.stephenc.javaisotools.sabre.Fixup;
import com.github.stephenc.javaisotools.sabre.HandlerException;
import com.github.stephenc.javaisotools.sabre.StreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;

/**
 * Takes an image from the ISO library into memory. The library's own handler makes a system call
 * for each field, a thousand for a seed.
 */
final class IsoBytes implements StreamHandler {
  private final DataReference time;
  private byte[] bytes = new byte[1 << 17];
  private int size;

  /**
   * @param time of each file and directory, for which the library takes the time of day
   */
  IsoBytes(Instant time) {
    this.time = new ISO9660ShortDateDataReference(Date.from(time));
  }

  ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  @Override
  public void data(DataReference reference) throws HandlerException {
    size = put(reference instanceof ISO9660ShortDateDataReference ? time : reference, size);
  }

  @Override
  public long mark() {
    return size;
  }

  /** Bytes that the library comes back to: it writes sizes and places when it knows them. */
  @Override
  public Fixup fixup(DataReference reference) throws HandlerException {
    var later = new Later(size);
    data(reference);
    return later;
  }

  @Override
  public void startDocument() {}

  @Override
  public void startElement(Element element) {}

  @Override
  public void endElement() {}

  @Override
  public void endDocument() {}

  /** Returns where the bytes end. */
  private int put(DataReference reference, int at) throws HandlerException {
    int length = Math.toIntExact(reference.getLength());
    if (at + length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, at + length));
    }
    try (InputStream in = reference.createInputStream()) {
      if (in.readNBytes(bytes, at, length) != length) {
        throw new HandlerException("a part of the image is shorter than it says");
      }
    } catch (IOException e) {
      throw new HandlerException(e);
    }
    return at + length;
  }

  private final class Later implements Fixup {
    private int at;
    private boolean closed;

    Later(int at) {
      this.at = at;
    }

    @Override
    public void data(DataReference reference) throws HandlerException {
      at = put(reference, at);
    }

    @Override
    public Fixup fixup(DataReference reference) throws HandlerException {
      throw new HandlerException("a fixup has no fixups");
    }

    @Override
    public long mark() {
      return at;
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public boolean isClosed() {
      return closed;
    }
  }
}
