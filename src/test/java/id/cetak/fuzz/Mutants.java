package id.cetak.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes bytes at random, the same way each time for the same seed. */
public final class Mutants {
  private static final List<byte[]> BITS =
      List.of(
          bits("{"),
          bits("}"),
          bits("["),
          bits("\""),
          bits(":"),
          bits("null"),
          bits("-0"),
          bits("1e400"),
          bits("9223372036854775808"),
          bits("\\u0000"),
          bits("\\ud800"),
          bits("\u202e"),
          bits("\uFEFF"),
          bits("\u0000"),
          bits("💥"),
          bits("\n"),
          bits("\r\n"),
          bits("../"),
          bits("/"),
          bits("<"),
          bits("&#10;"),
          bits("]]>"),
          bits("<!DOCTYPE x>"),
          bits("{{name}}"),
          bits("%d"),
          bits("nbd://h"),
          bits("json:{}"),
          new byte[] {0, 0, 0, 0},
          new byte[] {-1, -1, -1, -1},
          new byte[] {127, -1, -1, -1},
          new byte[] {(byte) 0x80, 0, 0, 0},
          new byte[] {(byte) 0xff});

  private final Random random;

  public Mutants(long seed) {
    this.random = new Random(seed);
  }

  /** One to eight changes to one of these. */
  public byte[] of(List<byte[]> seeds) {
    byte[] bytes = seeds.get(random.nextInt(seeds.size()));
    for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
      bytes = changed(bytes, seeds);
    }
    return bytes;
  }

  private byte[] changed(byte[] bytes, List<byte[]> seeds) {
    int at = random.nextInt(bytes.length + 1);
    int length = Math.min(bytes.length - at, 1 + random.nextInt(16));
    return switch (random.nextInt(7)) {
      case 0 -> joined(bytes, at, at, BITS.get(random.nextInt(BITS.size())));
      case 1 -> joined(bytes, at, at + length, new byte[0]);
      case 2 -> joined(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
      case 3 -> joined(bytes, at, at + length, noise(length));
      case 4 -> overwritten(bytes, at, BITS.get(random.nextInt(BITS.size())));
      case 5 -> {
        byte[] other = seeds.get(random.nextInt(seeds.size()));
        int from = random.nextInt(other.length + 1);
        yield joined(bytes, at, bytes.length, Arrays.copyOfRange(other, from, other.length));
      }
      default -> flipped(bytes);
    };
  }

  private byte[] flipped(byte[] bytes) {
    byte[] flipped = bytes.clone();
    if (flipped.length > 0) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private byte[] noise(int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  private static byte[] overwritten(byte[] bytes, int at, byte[] with) {
    return joined(bytes, at, Math.min(bytes.length, at + with.length), with);
  }

  private static byte[] joined(byte[] bytes, int from, int to, byte[] between) {
    byte[] joined = new byte[from + between.length + bytes.length - to];
    System.arraycopy(bytes, 0, joined, 0, from);
    System.arraycopy(between, 0, joined, from, between.length);
    System.arraycopy(bytes, to, joined, from + between.length, bytes.length - to);
    return joined;
  }

  private static byte[] bits(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
