package id.cetak.clone;

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

class CloneStateTest {
  private static final Set<String> MOVES =
      Set.of("RESERVED READY", "READY DELETING", "DELETING READY");

  private static final States<CloneState> STATES =
      new States<>(CloneState.class, CloneState::next, EnumSet.of(CloneState.RESERVED));

  static List<Arguments> pairs() {
    return STATES.pairs();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void a_pair_of_states_is_a_move_exactly_when_it_is_listed(CloneState from, CloneState to) {
    assertThat(from.next().contains(to)).isEqualTo(MOVES.contains(from + " " + to));
  }

  @Test
  void the_table_allows_exactly_these_states() {
    assertThat(Statements.allowedWords()).containsEntry("clone.state", STATES.words());
  }

  @Test
  void the_store_makes_exactly_the_moves_of_the_list() {
    assertThat(Statements.movesOf("CloneStore")).isEqualTo(MOVES);
  }
}
