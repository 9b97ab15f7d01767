package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RunSlotsTest {
  private static final int SLOTS = 4;

  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger counts = new AtomicInteger();
  private final RunSlots slots = new RunSlots(SLOTS);

  @Test
  void no_more_wait_than_run_slots_can_take_next() {
    assertThat(room()).isEqualTo(2 * SLOTS);
    accept(2 * SLOTS);
    assertThat(room()).isZero();
    slots.claimed();
    assertThat(room()).as("claims that took nothing").isZero();
  }

  @Test
  void it_fills_up_again_while_a_slot_still_finds_work() {
    accept(2 * SLOTS);
    claim(SLOTS - 1);
    assertThat(room()).as("enough waits").isZero();
    claim(1);
    assertThat(room()).isEqualTo(SLOTS);
    accept(1);
    assertThat(room()).isEqualTo(SLOTS - 1);
  }

  @Test
  void the_database_is_asked_only_when_its_answer_may_differ() {
    for (int n = 0; n < 2 * SLOTS; n++) {
      room();
      accept(1);
    }
    room();
    assertThat(counts.get()).isZero();
    claim(2 * SLOTS);
    room();
    room();
    assertThat(counts.get()).isEqualTo(1);
  }

  @Test
  void a_count_that_failed_is_made_again_after_the_next_claim() {
    accept(2 * SLOTS);
    claim(2 * SLOTS);
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () ->
                slots.room(
                    () -> {
                      throw new IllegalStateException("away");
                    }))
        .isInstanceOf(IllegalStateException.class);
    slots.claimed();
    assertThat(room()).isEqualTo(2 * SLOTS);
  }

  @Test
  void whoever_waits_for_room_hears_of_claims() {
    AtomicInteger told = new AtomicInteger();
    slots.onClaims(told::incrementAndGet);
    slots.claimed();
    assertThat(told.get()).isEqualTo(1);
  }

  private int room() {
    return slots.room(
        () -> {
          counts.incrementAndGet();
          return waiting.get();
        });
  }

  private void accept(int jobs) {
    waiting.addAndGet(jobs);
    slots.accepted(jobs);
  }

  private void claim(int jobs) {
    waiting.addAndGet(-jobs);
    slots.claimed();
  }
}
