package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JobStateTest {
  // Every legal move, said once more: a state that is added to the enum is illegal here until
  // somebody has thought about it.
  private static final Set<String> MOVES =
      Set.of(
          "QUEUED RUNNING",
          "PARKED RUNNING",
          "RETRYING RUNNING",
          "RUNNING RUNNING",
          "RUNNING PARKED",
          "RUNNING RETRYING",
          "RUNNING UNDOING",
          "RUNNING COMPLETED",
          "UNDOING UNDOING",
          "UNDOING FAILED",
          "UNDOING CANCELLED");

  static Stream<Arguments> pairs() {
    return Arrays.stream(JobState.values())
        .flatMap(from -> Arrays.stream(JobState.values()).map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void a_pair_of_states_is_a_move_exactly_when_it_is_listed(JobState from, JobState to) {
    assertThat(from.next().contains(to)).isEqualTo(MOVES.contains(from + " " + to));
  }

  @Test
  void exactly_three_states_are_ends() {
    assertThat(JobState.values())
        .filteredOn(JobState::ended)
        .containsExactlyInAnyOrder(JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED);
  }
}
