package id.cetak.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;
import java.util.Base64;

/**
 * A new ed25519 host key with its private half, which goes into the clone's seed and nowhere else:
 * it is never stored, logged or told.
 */
final class MintedHostKey {
  private static final String TYPE = "ssh-ed25519";
  private static final int KEY_BYTES = 32;

  /** The block size that the format pads to when the key is not encrypted. */
  private static final int BLOCK_BYTES = 8;

  private static final int LINE_CHARACTERS = 70;

  private final HostKey publicHalf;
  private final String privateFile;

  private MintedHostKey(HostKey publicHalf, String privateFile) {
    this.publicHalf = publicHalf;
    this.privateFile = privateFile;
  }

  static MintedHostKey mint() {
    try {
      return of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Java has Ed25519 since 15", e);
    }
  }

  private static MintedHostKey of(KeyPair pair) {
    // The X.509 form ends with the key itself.
    byte[] encoded = pair.getPublic().getEncoded();
    byte[] point = Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
    byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
    byte[] publicBlob = joined(string(TYPE), string(point));
    HostKey publicHalf =
        HostKey.read(TYPE + " " + Base64.getEncoder().encodeToString(publicBlob)).orElseThrow();
    return new MintedHostKey(publicHalf, privateFile(publicBlob, point, seed));
  }

  HostKey publicHalf() {
    return publicHalf;
  }

  /** The content of {@code ssh_host_ed25519_key}. */
  String privateFile() {
    return privateFile;
  }

  /** OpenSSH's own format (PROTOCOL.key in its sources), not encrypted. */
  private static String privateFile(byte[] publicBlob, byte[] point, byte[] seed) {
    byte[] none = string("none");
    // Twice the same number, by which a reader of an encrypted key sees that it has the passphrase.
    byte[] check = Arrays.copyOf(point, Integer.BYTES);
    byte[] secret =
        joined(
            check,
            check,
            string(TYPE),
            string(point),
            string(joined(seed, point)),
            string(new byte[0]));
    byte[] file =
        joined(
            "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII),
            none,
            none,
            string(new byte[0]),
            number(1),
            string(publicBlob),
            string(padded(secret)));
    var encoder = Base64.getMimeEncoder(LINE_CHARACTERS, new byte[] {'\n'});
    // MIME lines have a multiple of four characters.
    return "-----BEGIN OPENSSH PRIVATE KEY-----\n"
        + encoder.encodeToString(file)
        + "\n-----END OPENSSH PRIVATE KEY-----\n";
  }

  private static byte[] padded(byte[] secret) {
    int length = (secret.length + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    byte[] padded = Arrays.copyOf(secret, length);
    for (int i = secret.length; i < length; i++) {
      padded[i] = (byte) (i - secret.length + 1);
    }
    return padded;
  }

  private static byte[] string(String text) {
    return string(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] string(byte[] bytes) {
    return joined(number(bytes.length), bytes);
  }

  private static byte[] number(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  private static byte[] joined(byte[]... parts) {
    var joined = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      joined.put(part);
    }
    return joined.array();
  }
}
