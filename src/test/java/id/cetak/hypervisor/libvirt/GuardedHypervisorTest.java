package id.cetak.hypervisor.libvirt;

import static id.cetak.failure.FailureCode.HYPERVISOR_UNAVAILABLE;
import static id.cetak.failure.FailureCode.OUTCOME_UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.FakeHypervisor;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuardedHypervisorTest {
  private static final String XML = "<domain><name>web-1</name></domain>";

  private final FakeHypervisor fake = new FakeHypervisor();
  private final GuardedHypervisor guarded =
      new GuardedHypervisor(fake, Duration.ofSeconds(10), Duration.ofSeconds(10));

  @AfterEach
  void close() {
    guarded.close();
  }

  @Test
  void what_surely_did_not_happen_is_tried_again() {
    fail("define", 3, HYPERVISOR_UNAVAILABLE);

    guarded.define(XML);

    assertThat(fake.calls()).hasSize(4);
    assertThat(guarded.find("web-1")).isPresent();
  }

  @Test
  void it_gives_up_after_a_few_tries_with_the_calls_own_failure() {
    fail("find", 4, HYPERVISOR_UNAVAILABLE);

    assertFails(() -> guarded.find("web-1"), HYPERVISOR_UNAVAILABLE, "find failed");

    assertThat(fake.calls()).hasSize(4);
  }

  @ParameterizedTest
  @EnumSource(
      value = FailureCode.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "HYPERVISOR_UNAVAILABLE")
  void nothing_else_is_tried_again(FailureCode code) {
    fail("define", 1, code);

    assertFails(() -> guarded.define(XML), code, "define failed");

    assertThat(fake.calls()).hasSize(1);
  }

  @Test
  void a_bug_is_not_hidden() {
    IllegalStateException bug = new IllegalStateException("bug");
    fake.refuseStarts(
        xml -> {
          throw bug;
        });

    assertThatThrownBy(() -> guarded.refusalToStart(XML)).isSameAs(bug);
  }

  @Test
  void a_change_that_is_late_may_have_happened() {
    CountDownLatch hook = new CountDownLatch(1);
    GuardedHypervisor impatient =
        new GuardedHypervisor(fake, Duration.ofMillis(100), Duration.ofMillis(100));
    fake.refuseStarts(
        xml -> {
          await().atMost(Duration.ofSeconds(20)).until(() -> hook.getCount() == 0);
          return null;
        });
    try {
      assertFails(() -> impatient.refusalToStart(XML), OUTCOME_UNKNOWN, "did not answer within");
      // The fake lets one call in at a time, as a hanging libvirt lets in none.
      assertFails(() -> impatient.find("x"), HYPERVISOR_UNAVAILABLE, "did not answer within");
    } finally {
      hook.countDown();
      impatient.close();
    }
  }

  @Test
  void a_late_calls_thread_learns_that_nobody_waits() {
    CountDownLatch told = new CountDownLatch(1);
    GuardedHypervisor impatient =
        new GuardedHypervisor(fake, Duration.ofMillis(100), Duration.ofMillis(100));
    fake.refuseStarts(
        xml -> {
          try {
            return new CountDownLatch(1).await(20, TimeUnit.SECONDS) ? "" : null;
          } catch (InterruptedException e) {
            told.countDown();
            return null;
          }
        });

    assertFails(() -> impatient.refusalToStart(XML), OUTCOME_UNKNOWN, "did not answer within");

    await().atMost(Duration.ofSeconds(20)).until(() -> told.getCount() == 0);
    impatient.close();
  }

  @Test
  void an_error_reaches_the_caller_at_once() {
    NoClassDefFoundError error = new NoClassDefFoundError("libvirt");
    fake.refuseStarts(
        xml -> {
          throw error;
        });

    assertThatThrownBy(() -> guarded.refusalToStart(XML)).isSameAs(error);
  }

  @Test
  void after_many_failures_libvirt_is_left_alone_and_then_tried_again() {
    fail("destroy", 8, HYPERVISOR_UNAVAILABLE);
    UUID uuid = UUID.randomUUID();
    assertFails(() -> guarded.destroy(uuid), HYPERVISOR_UNAVAILABLE, "destroy failed");
    assertFails(() -> guarded.destroy(uuid), HYPERVISOR_UNAVAILABLE, "destroy failed");
    assertThat(fake.calls()).hasSize(8);

    assertFails(() -> guarded.destroy(uuid), HYPERVISOR_UNAVAILABLE, "left alone");
    assertThat(fake.calls()).hasSize(8);

    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(Failure.class)
        .untilAsserted(() -> guarded.destroy(uuid));
    assertThat(fake.calls()).hasSize(9);
  }

  private void fail(String verb, int times, FailureCode code) {
    for (int i = 0; i < times; i++) {
      fake.failBefore(verb, new Failure(code, verb + " failed"));
    }
  }

  private static void assertFails(Runnable act, FailureCode code, String words) {
    Failure failure = catchThrowableOfType(Failure.class, act::run);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.reason()).contains(words);
  }
}
