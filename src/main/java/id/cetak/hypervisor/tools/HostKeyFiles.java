package id.cetak.hypervisor.tools;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Fingerprints of SSH host keys, from the files in which OpenSSH and Dropbear keep them. Of a
 * private key only the public half is looked at, and nothing of it is kept.
 */
final class HostKeyFiles {
  private static final String OPENSSH = "openssh-key-v1\0";
  private static final int MAX_FIELD_BYTES = 16 << 10;

  private HostKeyFiles() {}

  /**
   * The fingerprint of a key's public half.
   *
   * @param path where the file lies in the guest
   * @return empty when the file is not there yet, or is no key that can be told from another
   */
  static Optional<String> fingerprint(String path, byte[] file) {
    try {
      if (path.endsWith(".pub")) {
        return publicLine(file).map(HostKeyFiles::fingerprint);
      }
      return (path.startsWith("/etc/dropbear/") ? dropbear(file) : openSsh(file))
          .map(HostKeyFiles::fingerprint);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | BufferRanOut e) {
      return Optional.empty();
    }
  }

  /** Type, base64, comment. */
  private static Optional<byte[]> publicLine(byte[] file) {
    String[] words = new String(file, StandardCharsets.UTF_8).strip().split("\\s+", 3);
    if (words.length < 2) {
      return Optional.empty();
    }
    byte[] key = Base64.getDecoder().decode(words[1]);
    boolean sound = text(field(ByteBuffer.wrap(key))).equals(words[0]);
    return sound ? Optional.of(key) : Optional.empty();
  }

  private static Optional<byte[]> openSsh(byte[] file) {
    byte[] content = unarmoured(new String(file, StandardCharsets.US_ASCII));
    // Elder keys are in forms of their own, or Dropbear's, which some guests keep in this place.
    if (content.length == 0) {
      return dropbear(file);
    }
    byte[] magic = OPENSSH.getBytes(StandardCharsets.US_ASCII);
    if (content.length < magic.length
        || !Arrays.equals(magic, 0, magic.length, content, 0, magic.length)) {
      return Optional.empty();
    }
    var fields = ByteBuffer.wrap(content, magic.length, content.length - magic.length);
    for (String skipped : new String[] {"cipher", "key derivation", "its options"}) {
      demand(field(fields).length < MAX_FIELD_BYTES, skipped);
    }
    demand(fields.remaining() >= Integer.BYTES && fields.getInt() == 1, "one key");
    return Optional.of(field(fields));
  }

  private static byte[] unarmoured(String text) {
    int start = text.indexOf("-----BEGIN OPENSSH PRIVATE KEY-----");
    int end = text.indexOf("-----END OPENSSH PRIVATE KEY-----");
    if (start < 0 || end < start) {
      return new byte[0];
    }
    String body = text.substring(text.indexOf('\n', start) + 1, end);
    return Base64.getMimeDecoder().decode(body);
  }

  /** The type, then the public numbers, then the secret ones; a zero counts of a file cut off. */
  private static Optional<byte[]> dropbear(byte[] file) {
    if (file.length == 0) {
      return Optional.empty();
    }
    var fields = ByteBuffer.wrap(file);
    byte[] type = field(fields);
    switch (text(type)) {
      case "ssh-ed25519" -> {
        byte[] both = field(fields);
        demand(both.length == 64, "a seed and a point");
        return Optional.of(joined(type, Arrays.copyOfRange(both, 32, 64)));
      }
      case "ssh-rsa" -> {
        return Optional.of(joined(type, field(fields), field(fields)));
      }
      case "ssh-dss" -> {
        return Optional.of(
            joined(type, field(fields), field(fields), field(fields), field(fields)));
      }
      case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521" -> {
        return Optional.of(joined(type, field(fields), field(fields)));
      }
      default -> {
        return Optional.empty();
      }
    }
  }

  private static byte[] field(ByteBuffer fields) {
    demand(fields.remaining() >= Integer.BYTES, "a length");
    int length = fields.getInt();
    demand(length >= 0 && length <= Math.min(MAX_FIELD_BYTES, fields.remaining()), "a field");
    byte[] field = new byte[length];
    fields.get(field);
    return field;
  }

  private static byte[] joined(byte[]... fields) {
    var blob = new ByteArrayOutputStream();
    for (byte[] field : fields) {
      blob.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(field.length).array());
      blob.writeBytes(field);
    }
    return blob.toByteArray();
  }

  private static String text(byte[] field) {
    return new String(field, StandardCharsets.US_ASCII);
  }

  private static String fingerprint(byte[] key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(key);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void demand(boolean there, String what) {
    if (!there) {
      throw new BufferRanOut(what);
    }
  }

  /** The file ends before what it announces. */
  private static final class BufferRanOut extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BufferRanOut(String what) {
      super(what, null, false, false);
    }
  }
}
