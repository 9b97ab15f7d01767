package id.cetak.messaging;

import java.nio.charset.StandardCharsets;

/** What AMQP 0-9-1 says of texts. */
final class AmqpText {
  private static final int MAX_SHORT_BYTES = 255;

  private AmqpText() {}

  /** Whether it fits into an address, a property, or the name of a header: 255 bytes. */
  static boolean isShort(String text) {
    return bytes(text) <= MAX_SHORT_BYTES;
  }

  /** Its length on the wire. */
  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
