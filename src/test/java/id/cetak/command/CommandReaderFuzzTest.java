package id.cetak.command;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.failure.VisibleText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Whatever arrives, the reader answers: with a command, or with a refusal that can be shown. */
class CommandReaderFuzzTest {
  private static final List<String> SEEDS =
      List.of(
          "{\"command\":\"clone\",\"id\":\"c-1\",\"template\":\"web\",\"name\":\"web-01\",\"version\":3,\"cpus\":2,"
              + "\"cloudInit\":{\"userData\":\"#cloud-config\\n\"},\"deadline\":\"2027-01-31T18:00:00Z\","
              + "\"labels\":{\"team\":\"a\"}}",
          "{\"command\":\"sysprep\",\"id\":\"s\",\"domain\":\"g\",\"template\":\"web\",\"shutdown\":true,"
              + "\"removePaths\":[\"/var/log/x\"]}",
          "{\"command\":\"cancel\",\"id\":\"x\",\"target\":\"c-1\"}");
  private static final List<String> BITS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "null",
          "true",
          "-0",
          "1e400",
          "9223372036854775808",
          "0.1",
          "\\u0000",
          "\\ud800",
          "\u202e",
          "\uFEFF",
          "\"id\":",
          "\"command\":\"clone\",",
          "/*",
          "\\",
          "NaN",
          "\u0000",
          "💥");

  private final CommandReader reader = new CommandReader(262_144);

  @RepeatedTest(5)
  void any_bytes_become_a_command_or_a_refusal(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int read = 0;
    for (int i = 0; i < 10_000; i++) {
      byte[] body = body(random);
      try {
        Command command = reader.read(body, messageId(random));
        assertThat(CommandReader.canonical(command)).isNotEmpty();
        read++;
      } catch (CommandRefused refused) {
        assertThat(refused.reason().codePoints().allMatch(VisibleText::isVisible)).isTrue();
        assertThat(refused.reason().length()).isBetween(10, 700);
      }
    }
    assertThat(read).as("some mutants are still commands").isPositive();
  }

  private static byte[] body(RandomGenerator random) {
    if (random.nextInt(10) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
    for (int n = random.nextInt(4); n > 0; n--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, BITS.get(random.nextInt(BITS.size())));
        case 1 -> text.delete(at, Math.min(text.length() - 1, at + 1 + random.nextInt(8)));
        case 2 -> text.setCharAt(at, (char) random.nextInt(0x3000));
        default ->
            text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(30))));
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(5) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private static @Nullable String messageId(RandomGenerator random) {
    return switch (random.nextInt(3)) {
      case 0 -> null;
      case 1 -> "m-" + random.nextInt();
      default -> "\u0000 \u202e" + random.nextInt();
    };
  }
}
