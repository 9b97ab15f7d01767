package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobAttemptTest {
  private record FakeStep(String name, boolean reversible, boolean cheap) implements Step {
    @Override
    public @Nullable Object run(Run run) {
      return null;
    }

    @Override
    public void undo(Run run) {
      throw new UnsupportedOperationException();
    }
  }

  private static final Step PLAN = new FakeStep("plan", true, false);
  private static final Step CHEAP = new FakeStep("cheap", true, true);
  private static final Step COPY = new FakeStep("copy", true, false);
  private static final Step REMOVE = new FakeStep("remove", false, false);

  @Test
  void a_cancelled_deletion_does_not_undo_for_ever_a_removal_that_has_not_begun() {
    assertThat(lastBegun(List.of(PLAN, REMOVE, COPY), "plan")).isEqualTo(0);
    assertThat(lastBegun(List.of(PLAN, CHEAP, REMOVE), "plan")).isEqualTo(1);
    assertThat(lastBegun(List.of(PLAN, CHEAP, REMOVE), "plan", "cheap")).isEqualTo(1);
  }

  @Test
  void the_step_after_the_last_entry_may_have_begun_and_so_may_all_that_follow_a_cheap_one() {
    assertThat(lastBegun(List.of(PLAN, COPY, COPY))).isEqualTo(0);
    assertThat(lastBegun(List.of(PLAN, COPY, REMOVE), "plan")).isEqualTo(1);
    assertThat(lastBegun(List.of(PLAN, CHEAP, CHEAP, COPY), "plan")).isEqualTo(3);
  }

  private static int lastBegun(List<Step> steps, String... journaled) {
    return JobAttempt.lastBegun(Set.of(journaled)::contains, steps);
  }
}
