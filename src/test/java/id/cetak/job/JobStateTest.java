package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.architecture.Statements;
import id.cetak.architecture.States;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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

  private static final States<JobState> STATES =
      new States<>(JobState.class, JobState::next, EnumSet.of(JobState.QUEUED));

  static List<Arguments> pairs() {
    return STATES.pairs();
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

  @Test
  void the_table_allows_exactly_these_states() {
    assertThat(Statements.allowedWords()).containsEntry("job.state", STATES.words());
  }

  @Test
  void the_store_makes_only_moves_of_the_list() {
    assertThat(Statements.movesOf("JobStore"))
        .contains("RUNNING PARKED", "RUNNING RETRYING", "RUNNING UNDOING")
        .isSubsetOf(MOVES);
  }
}
