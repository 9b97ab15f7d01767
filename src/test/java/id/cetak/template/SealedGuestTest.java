package id.cetak.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SealedGuestTest {
  @Test
  void the_attestation_tells_what_is_in_the_guest() {
    assertThat(guest("first-boot", "cloud-init", "systemd", "252"))
        .isEqualTo(new SealedGuest(true, 252));
    assertThat(guest("first-boot", "cetak-first-boot", "systemd", "none"))
        .isEqualTo(new SealedGuest(false, null));
  }

  @Test
  void what_an_older_seal_did_not_look_at_is_not_known() {
    assertThat(guest("machine-id", "empty", "first-boot", "cloud-init"))
        .isEqualTo(new SealedGuest(true, null));
    assertThat(SealedGuest.of(null)).isEqualTo(new SealedGuest(false, null));
    assertThatThrownBy(() -> SealedGuest.of("[")).isInstanceOf(IllegalStateException.class);
  }

  private static SealedGuest guest(String... namesAndFindings) {
    var checks = new StringBuilder("[");
    for (int n = 0; n < namesAndFindings.length; n += 2) {
      checks
          .append(n == 0 ? "" : ",")
          .append("{\"name\":\"%s\",\"passed\":true,".formatted(namesAndFindings[n]))
          .append("\"finding\":\"%s\"}".formatted(namesAndFindings[n + 1]));
    }
    return SealedGuest.of(checks + "]");
  }
}
