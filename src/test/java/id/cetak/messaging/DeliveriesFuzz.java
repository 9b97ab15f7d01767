package id.cetak.messaging;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A message's headers and properties: what of them a dead letter has to carry back. */
public final class DeliveriesFuzz {
  /** What {@link Deliveries} promises, so that a dead letter fits into AMQP's frame. */
  private static final int ROOM = 32 << 10;

  private DeliveriesFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        Input.of("order-17", "content-type", "application/json", "cetak-producer", "portal"),
        Input.of("", "x-death", "1", "key", "\ufffd".repeat(300), "\ufffd".repeat(90), "value"));
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Input input = new Input(data);
    String property = input.text();
    Map<String, Object> headers = new LinkedHashMap<>();
    while (!input.isEmpty()) {
      headers.put(input.text(), input.text());
    }
    Claims.bounded(data.length, 200, () -> judge(property, headers));
  }

  private static void judge(String property, Map<String, Object> headers) {
    String kept = Deliveries.storable(Optional.of(property));
    if (kept != null) {
      hold(kept.equals(property) && carried(kept), "a property became _", kept);
    }
    int bytes = 0;
    for (Map.Entry<String, String> header : Deliveries.headers(headers).entrySet()) {
      hold(header.getValue().equals(headers.get(header.getKey())), "changed: _", header);
      hold(carried(header.getKey()), "a name that is not carried back: _", header.getKey());
      hold(header.getValue().indexOf('\0') < 0, "not storable: _", header.getValue());
      bytes += size(header.getKey()) + size(header.getValue());
    }
    hold(bytes <= ROOM, "_ bytes of headers", bytes);
  }

  private static boolean carried(String text) {
    return size(text) <= 255 && text.indexOf('\0') < 0;
  }

  private static int size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
