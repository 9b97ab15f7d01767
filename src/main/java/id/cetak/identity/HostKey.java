package id.cetak.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The public half of an SSH host key.
 *
 * @param type as in {@code known_hosts}, such as {@code ssh-ed25519}; null where only the
 *     fingerprint was read
 * @param publicKey type and key, as a line of {@code known_hosts} has them behind the host's name;
 *     null likewise
 * @param fingerprint {@code SHA256:} and 43 characters, as {@code ssh-keygen -l} shows it
 */
public record HostKey(@Nullable String type, @Nullable String publicKey, String fingerprint) {
  private static final Set<String> TYPES =
      Set.of(
          "ssh-ed25519",
          "ecdsa-sha2-nistp256",
          "ecdsa-sha2-nistp384",
          "ecdsa-sha2-nistp521",
          "ssh-rsa");

  private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");

  /** An RSA key of 16,384 bits has 2,772 characters. */
  private static final Pattern LINE =
      Pattern.compile("([a-z0-9-]{1,32}) ([A-Za-z0-9+/]{16,4000}={0,2})");

  /**
   * Reads a key that a guest or a seed tells: type and base64 with one space between them, or the
   * fingerprint alone.
   *
   * @return empty when this is no host key of a known type
   */
  public static Optional<HostKey> read(String text) {
    if (FINGERPRINT.matcher(text).matches()) {
      return Optional.of(new HostKey(null, null, text));
    }
    Matcher line = LINE.matcher(text);
    if (!line.matches() || !TYPES.contains(line.group(1))) {
      return Optional.empty();
    }
    try {
      byte[] key = Base64.getDecoder().decode(line.group(2));
      byte[] type = line.group(1).getBytes(StandardCharsets.US_ASCII);
      var fields = ByteBuffer.wrap(key);
      // The key repeats its type in front, with its length.
      if (fields.getInt() != type.length
          || !ByteBuffer.wrap(type).equals(fields.slice(Integer.BYTES, type.length))) {
        return Optional.empty();
      }
      return Optional.of(new HostKey(line.group(1), text, fingerprint(key)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** As events say it. */
  public Map<String, String> eventData() {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("fingerprint", fingerprint);
    if (type != null && publicKey != null) {
      data.put("type", type);
      data.put("publicKey", publicKey);
    }
    return data;
  }

  private static String fingerprint(byte[] key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
