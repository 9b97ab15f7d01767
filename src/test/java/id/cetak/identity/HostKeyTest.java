package id.cetak.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostKeyTest {
  private static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

  @Test
  void a_public_key_has_the_fingerprint_that_openssh_shows() {
    assertThat(HostKey.read(KEY))
        .hasValueSatisfying(
            key -> {
              assertThat(key.type()).isEqualTo("ssh-ed25519");
              assertThat(key.publicKey()).isEqualTo(KEY);
              assertThat(key.fingerprint())
                  .isEqualTo("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ssh-ed25519",
        "ssh-ed25519 ",
        "ssh-ed25519 AAAA",
        // The key says another type than its line.
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
        "ssh-unknown AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
        " ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl root@a",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n",
      })
  void what_is_no_key_is_none(String text) {
    assertThat(HostKey.read(text)).isEmpty();
  }

  @Test
  void any_bytes_are_a_key_or_none() {
    var random = new Random(7);
    for (int n = 0; n < 20_000; n++) {
      byte[] bytes = KEY.getBytes(StandardCharsets.US_ASCII);
      for (int change = random.nextInt(4); change >= 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      String text = new String(bytes, 0, random.nextInt(bytes.length + 1), StandardCharsets.UTF_8);
      assertThatCode(() -> HostKey.read(text)).doesNotThrowAnyException();
    }
  }
}
