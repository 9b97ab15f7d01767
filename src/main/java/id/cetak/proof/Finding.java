package id.cetak.proof;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something in which a guest is not who it should be.
 *
 * @param what such as {@code machine-id}
 * @param expected what it should say; null when it should only be nobody else's
 * @param found what it says
 * @param holder the clone that has this already
 */
record Finding(String what, @Nullable String expected, String found, @Nullable String holder) {
  static Finding differs(String what, String expected, String found) {
    return new Finding(what, expected, found, null);
  }

  static Finding heldBy(String what, String found, String holder) {
    return new Finding(what, null, found, holder);
  }

  /** For people, as a part of a sentence. */
  String words() {
    return holder == null
        ? "%s is %s instead of %s".formatted(what, found, expected)
        : "%s %s is that of clone %s".formatted(what, found, holder);
  }

  /** As events say it. */
  Map<String, String> eventData() {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("what", what);
    if (expected != null) {
      data.put("expected", expected);
    }
    data.put("found", found);
    if (holder != null) {
      data.put("holder", holder);
    }
    return data;
  }
}
