package id.cetak.clone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.workflow.FakeRun;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CopyProgressTest {
  private final FakeRun run = CloneBench.run(CloneBench.command());
  private final List<Long> copied = new ArrayList<>();
  private final List<Long> totals = new ArrayList<>();
  private final CopyProgress progress =
      new CopyProgress(
          run,
          (of, copiedBytes, totalBytes) -> {
            copied.add(copiedBytes);
            totals.add(totalBytes);
          });

  @Test
  void a_short_copy_is_not_told_of_and_a_long_one_once_a_second() {
    progress.copied(1, 100);
    assertThat(copied).isEmpty();

    long firstNanos = 0;
    for (int heard = 2; copied.size() < 2; heard++) {
      progress.copied(heard, 100_000_000_000L);
      firstNanos = copied.size() == 1 && firstNanos == 0 ? System.nanoTime() : firstNanos;
    }
    assertThat(System.nanoTime() - firstNanos).isBetween(900_000_000L, 10_000_000_000L);
    assertThat(copied).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void disks_that_are_done_count() {
    progress.copied(100, 100);
    progress.diskDone();
    while (copied.isEmpty()) {
      progress.copied(20, 50);
    }
    assertThat(copied).containsExactly(120L);
    assertThat(totals).containsExactly(150L);
  }

  @Test
  void a_run_that_must_stop_tells_nothing_more() {
    run.stopWith(new IllegalStateException("lease lost"));
    assertThatThrownBy(
            () -> {
              while (copied.isEmpty()) {
                progress.copied(1, 2);
              }
            })
        .hasMessage("lease lost");
    assertThat(copied).isEmpty();
  }
}
