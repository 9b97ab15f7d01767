package id.cetak.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Two workers, a clone's message and its duplicate, a seal of the same template, and a few faults
 * in any order.
 */
class ProtocolModelTest {
  /** More take minutes; {@code -Dcetak.model.faults=3} asks for them. */
  private static final int FAULTS = Integer.getInteger("cetak.model.faults", 2);

  /** Enough for each guard to be missed. */
  private static final int ONE = 1;

  @Test
  void every_order_of_events_keeps_the_invariants_and_leads_to_an_end() {
    Explorer explorer = new Explorer(new Protocol(null));
    Optional<String> broken = explorer.explore(State.first(FAULTS), EnumSet.allOf(Invariant.class));
    assertThat(broken).as(() -> broken.orElse("")).isEmpty();
    Optional<String> stuck = explorer.stuck();
    assertThat(stuck).as(() -> stuck.orElse("")).isEmpty();
    System.out.printf("Model: %,d states, %d faults%n", explorer.size(), FAULTS);
  }

  @TestFactory
  Stream<DynamicTest> without_a_guard_some_order_of_events_breaks_an_invariant() {
    return Stream.of(
        breaks(Guard.ACK_AFTER_COMMIT, Invariant.I1),
        breaks(Guard.ONE_JOB_PER_COMMAND, Invariant.I2),
        breaks(Guard.ONE_JOB_PER_COMMAND, Invariant.I3),
        breaks(Guard.FENCED_END, Invariant.I2),
        breaks(Guard.FENCED_END, Invariant.I7),
        breaks(Guard.EVENT_WITH_THE_END, Invariant.I2),
        breaks(Guard.LEASE_BEFORE_EFFECT, Invariant.I3),
        breaks(Guard.LEASE_BEFORE_EFFECT, Invariant.I7),
        breaks(Guard.EFFECTS_BY_THE_JOBS_ID, Invariant.I3),
        breaks(Guard.UNDONE_BEFORE_THE_END, Invariant.I3),
        breaks(Guard.EXCLUSIVE_LOCK, Invariant.I8),
        breaks(Guard.LOCK_UNTIL_THE_END, Invariant.I8),
        breaks(Guard.SENT_AFTER_CONFIRM, Invariant.I2),
        breaks(Guard.BARRIER_BEFORE_CONSUME, Invariant.I5),
        breaks(Guard.BEGINNING_JOURNALED, Invariant.I3));
  }

  private static DynamicTest breaks(Guard guard, Invariant invariant) {
    return DynamicTest.dynamicTest(
        "%s, %s".formatted(guard, invariant),
        () -> {
          Explorer explorer = new Explorer(new Protocol(guard));
          Optional<String> story = explorer.explore(State.first(ONE), Set.of(invariant));
          assertThat(story).as("Without '%s' nothing breaks", guard.words).isPresent();
          System.out.printf(
              "Without '%s' (%,d states):%n%s%n",
              guard.words, explorer.size(), story.orElseThrow());
        });
  }

  @TestFactory
  Stream<DynamicTest> without_a_guard_a_job_may_never_end() {
    return Stream.of(Guard.RELEASE_WITH_THE_END, Guard.LOST_ONES_ARE_CLAIMED)
        .map(
            guard ->
                DynamicTest.dynamicTest(
                    guard.name(),
                    () -> {
                      Explorer explorer = new Explorer(new Protocol(guard));
                      explorer.explore(State.first(ONE), Set.of());
                      Optional<String> story = explorer.stuck();
                      assertThat(story).as("Without '%s'", guard.words).isPresent();
                      System.out.printf("Without '%s':%n%s%n", guard.words, story.orElseThrow());
                    }));
  }
}
