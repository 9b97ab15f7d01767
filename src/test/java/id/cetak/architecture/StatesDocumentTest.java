package id.cetak.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import id.cetak.clone.CloneState;
import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.job.JobState;
import id.cetak.template.VersionState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code docs/states.md} and the tables' lists of words against the enums. */
class StatesDocumentTest {
  private static final Path DOCUMENT = Path.of("docs/states.md");

  // A cancel is carried out in the transaction that accepts it: its job begins at its end.
  private static final List<States<?>> ALL =
      List.of(
          new States<>(
              JobState.class, JobState::next, EnumSet.of(JobState.QUEUED, JobState.COMPLETED)),
          new States<>(VersionState.class, VersionState::next, EnumSet.of(VersionState.SEALING)),
          new States<>(CloneState.class, CloneState::next, EnumSet.of(CloneState.RESERVED)));

  static List<States<?>> all() {
    return ALL;
  }

  @ParameterizedTest
  @MethodSource("all")
  void the_document_draws_what_the_enum_says(States<?> states) throws IOException {
    assertThat(Files.readString(DOCUMENT)).contains(states.diagram());
  }

  @Test
  void the_document_draws_nothing_else() throws IOException {
    assertThat(Files.readString(DOCUMENT).split("```mermaid", -1)).hasSize(ALL.size() + 1);
  }

  @Test
  void no_enum_of_states_is_left_out() {
    Set<String> enums =
        Code.ofTheWorker().classes().stream()
            .filter(type -> type.isEnum() && type.tryGetMethod("next").isPresent())
            .map(JavaClass::getName)
            .collect(Collectors.toSet());
    assertThat(enums)
        .isEqualTo(ALL.stream().map(states -> states.type().getName()).collect(Collectors.toSet()));
  }

  @Test
  void no_list_of_words_in_a_table_is_left_without_its_enum() {
    assertThat(Statements.allowedWords())
        .containsOnlyKeys(
            "job.state",
            "job.type",
            "template_version.state",
            "template_version.quarantined_for",
            "template_version.kind",
            "clone.state",
            "clone.disk",
            // Written by the database's own triggers, and read by people alone.
            "trail.what")
        .containsEntry("job.type", words(CommandType.class))
        .containsEntry("clone.disk", words(Command.Disk.class));
  }

  private static Set<String> words(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.toSet());
  }
}
