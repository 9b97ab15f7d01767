package id.cetak.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VersionStateTest {
  private static final Set<String> MOVES = Set.of("SEALING SEALED", "SEALED QUARANTINED");

  static Stream<Arguments> pairs() {
    return Arrays.stream(VersionState.values())
        .flatMap(from -> Arrays.stream(VersionState.values()).map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void a_pair_of_states_is_a_move_exactly_when_it_is_listed(VersionState from, VersionState to) {
    assertThat(from.next().contains(to)).isEqualTo(MOVES.contains(from + " " + to));
  }
}
