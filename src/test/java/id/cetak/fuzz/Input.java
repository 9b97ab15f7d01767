package id.cetak.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A fuzzer's bytes as the few values that a target wants. Fields end with the byte 0xff, which is
 * in no UTF-8 text, so that a fuzzer can change one field and leave the others as they are.
 */
public final class Input {
  private static final byte END = (byte) 0xff;

  private final byte[] bytes;
  private int at;

  public Input(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The next byte as a number from 0 to 255; 0 when there are no more. */
  public int number() {
    return at < bytes.length ? Byte.toUnsignedInt(bytes[at++]) : 0;
  }

  /** The next field's bytes; empty when there are no more. */
  public byte[] field() {
    int start = at;
    while (at < bytes.length && bytes[at] != END) {
      at++;
    }
    byte[] field = Arrays.copyOfRange(bytes, start, at);
    at = Math.min(at + 1, bytes.length);
    return field;
  }

  /** The next field as a text, with what is no UTF-8 replaced. */
  public String text() {
    return new String(field(), StandardCharsets.UTF_8);
  }

  /** All that is left. */
  public byte[] rest() {
    byte[] rest = Arrays.copyOfRange(bytes, at, bytes.length);
    at = bytes.length;
    return rest;
  }

  public boolean isEmpty() {
    return at >= bytes.length;
  }

  /** Bytes that are read back as these fields. */
  public static byte[] of(byte[]... fields) {
    var joined = new java.io.ByteArrayOutputStream();
    for (int n = 0; n < fields.length; n++) {
      joined.writeBytes(fields[n]);
      if (n < fields.length - 1) {
        joined.write(END);
      }
    }
    return joined.toByteArray();
  }

  /** Bytes that are read back as these texts. */
  public static byte[] of(String... texts) {
    return of(
        Arrays.stream(texts)
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new));
  }
}
