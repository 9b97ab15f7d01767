package id.cetak.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Cetak itself tells a clone's cloud-init, beside the caller's user-data and without a look
 * into that: cloud-init lays the user-data over it. An archive of parts, as JSON, which is YAML
 * too.
 */
public final class VendorConfig {
  /** What the file is called in a seed. */
  public static final String FILE = "vendor-data";

  private static final String ARCHIVE = "#cloud-config-archive\n";
  private static final String CONFIG = "text/cloud-config";
  private static final ObjectMapper JSON = new ObjectMapper();

  private VendorConfig() {}

  /**
   * The text of the file. A new host key each time: what counts is what a seed holds that was read
   * back.
   *
   * @param hostKey whether cloud-init installs a host key in place of making some: where it is
   *     given any, it makes no others
   * @param report whether the guest says on its console who it is, at the end of its first boot
   * @return null for no file
   */
  public static @Nullable String of(boolean hostKey, boolean report) {
    List<Map<String, String>> parts = new ArrayList<>();
    if (hostKey) {
      parts.add(part(CONFIG, "#cloud-config\n" + text(config(MintedHostKey.mint()))));
    }
    if (report) {
      // A script of its own: it runs whatever the caller's user-data has.
      parts.add(part("text/x-shellscript", GuestScripts.SAY_IDENTITY));
    }
    return parts.isEmpty() ? null : ARCHIVE + text(parts) + "\n";
  }

  private static Map<String, String> part(String type, String content) {
    Map<String, String> part = new LinkedHashMap<>();
    part.put("type", type);
    part.put("content", content);
    return part;
  }

  private static Map<String, Object> config(MintedHostKey key) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("ed25519_private", key.privateFile());
    keys.put("ed25519_public", key.publicHalf().publicKey() + "\n");
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("ssh_deletekeys", true);
    config.put("ssh_keys", keys);
    return config;
  }

  /**
   * The public halves of the host keys in a seed's vendor-data.
   *
   * @throws IllegalArgumentException when this is not what Cetak writes
   */
  public static List<HostKey> hostKeys(String vendorData) {
    for (JsonNode part : json(vendorData)) {
      if (part.path("type").asText().equals(CONFIG)) {
        return hostKey(json(part.path("content").asText())).stream().toList();
      }
    }
    return List.of();
  }

  private static Optional<HostKey> hostKey(JsonNode config) {
    return HostKey.read(config.at("/ssh_keys/ed25519_public").asText().strip());
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.substring(text.indexOf('\n') + 1));
    } catch (JsonProcessingException e) {
      // Its message could show a part of a key.
      throw new IllegalArgumentException("the vendor-data is not what Cetak writes");
    }
  }

  private static String text(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("vendor-data cannot be written as JSON", e);
    }
  }
}
