package id.cetak.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import id.cetak.command.BadMessages.Bad;
import id.cetak.failure.FailureCode;
import id.cetak.failure.VisibleText;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RefusedMessagesTest {
  private final CommandReader reader = new CommandReader(262_144);

  @TestFactory
  Stream<DynamicTest> each_bad_message_is_refused_in_its_own_words() {
    List<Bad> all = BadMessages.all();
    assertThat(all).hasSizeGreaterThan(100);
    return all.stream().map(bad -> DynamicTest.dynamicTest(bad.words(), () -> assertRefused(bad)));
  }

  @Test
  void a_long_field_name_is_not_copied_for_every_value_below_it() {
    byte[] body =
        "{\"%s\":[%s0]}"
            .formatted("n".repeat(120_000), "0,".repeat(60_000))
            .getBytes(StandardCharsets.UTF_8);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    CommandRefused refused =
        catchThrowableOfType(CommandRefused.class, () -> reader.read(body, null));
    assertThat(refused.reason()).contains("has no id");
    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .as("bytes taken to read a message of %d", body.length)
        .isLessThan(1000L * body.length);
  }

  private void assertRefused(Bad bad) {
    CommandRefused refused =
        catchThrowableOfType(CommandRefused.class, () -> reader.read(bad.body(), bad.messageId()));
    assertThat(refused).as("refusal").isNotNull();
    assertThat(refused.code()).isEqualTo(FailureCode.INVALID);
    assertThat(refused.reason())
        .contains(bad.words())
        .endsWith(bad.words().endsWith("?") ? "?" : ".");
    assertThat(refused.reason().codePoints().allMatch(VisibleText::isVisible)).isTrue();
    assertThat(refused.reason().length()).isLessThan(600);
    assertThat(refused.field()).isEqualTo(bad.field());
  }
}
