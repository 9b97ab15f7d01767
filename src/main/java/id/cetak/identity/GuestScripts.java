package id.cetak.identity;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Scripts that run in guests, as they lie in the program. */
final class GuestScripts {
  /** Says on the console who the machine is. */
  static final String SAY_IDENTITY = read("/guest/say-identity");

  private GuestScripts() {}

  private static String read(String resource) {
    try (InputStream in = GuestScripts.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
