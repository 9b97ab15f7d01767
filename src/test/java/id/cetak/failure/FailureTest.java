package id.cetak.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a failure says of itself, whoever chose the names in it. */
class FailureTest {
  @Test
  void what_is_invisible_in_a_name_is_shown_as_its_number_in_reason_remedy_and_message() {
    Failure failure =
        Failure.of(
            FailureCode.DOMAIN_UNFIT, "Disk 'a\nb\u202e' is shared.", "Detach it from 'c\u0000'.");
    assertThat(failure.reason())
        .isEqualTo("Disk 'a\\u000Ab\\u202E' is shared. Detach it from 'c\\u0000'.");
    assertThat(failure.remedy()).isEqualTo("Detach it from 'c\\u0000'.");
    assertThat(failure.problem()).isEqualTo("Disk 'a\\u000Ab\\u202E' is shared.");
    assertThat(failure).hasMessageNotContaining("\n");
  }
}
