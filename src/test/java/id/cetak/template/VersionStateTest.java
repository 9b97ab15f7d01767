package id.cetak.template;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.architecture.Statements;
import id.cetak.architecture.States;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VersionStateTest {
  private static final Set<String> MOVES =
      Set.of(
          "SEALING SEALED",
          "SEALED QUARANTINED",
          "SEALED RECALLED",
          "SEALED RETIRED",
          "QUARANTINED RETIRED",
          "RECALLED QUARANTINED",
          "RECALLED RETIRED");

  private static final States<VersionState> STATES =
      new States<>(VersionState.class, VersionState::next, EnumSet.of(VersionState.SEALING));

  static List<Arguments> pairs() {
    return STATES.pairs();
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void a_pair_of_states_is_a_move_exactly_when_it_is_listed(VersionState from, VersionState to) {
    assertThat(from.next().contains(to)).isEqualTo(MOVES.contains(from + " " + to));
  }

  @Test
  void the_table_allows_exactly_these_states() {
    assertThat(Statements.allowedWords()).containsEntry("template_version.state", STATES.words());
  }

  @Test
  void the_table_allows_exactly_these_causes_of_a_quarantine() {
    Set<String> causes =
        Arrays.stream(VersionStore.Cause.values())
            .map(VersionStore.Cause::word)
            .collect(Collectors.toSet());
    assertThat(Statements.allowedWords()).containsEntry("template_version.quarantined_for", causes);
  }

  @Test
  void the_stores_make_exactly_the_moves_of_the_list() {
    Set<String> made = new HashSet<>(Statements.movesOf("VersionStore"));
    made.addAll(Statements.movesOf("WithdrawalStore"));
    assertThat(made).isEqualTo(MOVES);
  }
}
