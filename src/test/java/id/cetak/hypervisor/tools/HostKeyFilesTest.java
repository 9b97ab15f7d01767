package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** Keys that were made for this test, with the fingerprints that ssh-keygen -l tells of them. */
class HostKeyFilesTest {
  static final String OPENSSH =
      """
      -----BEGIN OPENSSH PRIVATE KEY-----
      b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
      QyNTUxOQAAACCgoCD3dT+U7kX4TL2l5jixU6b99jF7pV+OtmpdifLlwgAAAIj3mZ1Q95md
      UAAAAAtzc2gtZWQyNTUxOQAAACCgoCD3dT+U7kX4TL2l5jixU6b99jF7pV+OtmpdifLlwg
      AAAEC33dHQ9dHcRKQ6glfOFRqvON3KM8khvTwwwOyIvaCLpKCgIPd1P5TuRfhMvaXmOLFT
      pv32MXulX462al2J8uXCAAAABHRlc3QB
      -----END OPENSSH PRIVATE KEY-----
      """;
  static final String PUBLIC =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKCgIPd1P5TuRfhMvaXmOLFTpv32MXulX462al2J8uXC test\n";
  private static final String PRINT = "SHA256:QensVnRdD+xwIhN0gx/O9b8mwr4+YJSNX4RDYGJSJPo";

  private static final byte[] DROPBEAR =
      Base64.getDecoder()
          .decode(
              "AAAAC3NzaC1lZDI1NTE5AAAAQGW/WVOsuxUXEOORclz/xf6UqpWYo8ZvCnCWIjrWwfiDrPgzpTOSUQFEHtJCDQJmWFF4Yw9BSEV/IkvLDCoZlYU=");
  private static final String DROPBEAR_PRINT = "SHA256:I59SO8UbSdU0S1XJwKslyLfhtWfW+O8Bz2z5je4358I";

  static final byte[] DROPBEAR_ECDSA =
      Base64.getDecoder()
          .decode(
              "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCjcBevE24+s0j53Ph0MjsCrZKQb/yj2LKGBVB/6urtEmG9VQR9P9Jt7ctxPF+WFca2ZSubpZ4nEK7AAhtiMZOgAAAAhAL2bZGqZbYInyilT01V2F8UN8l6j1pNAsjbbk0qKSV0l");

  @Test
  void key_of_openssh_is_known_by_its_public_and_by_its_private_file() {
    assertThat(HostKeyFiles.fingerprint("/etc/ssh/ssh_host_ed25519_key.pub", bytes(PUBLIC)))
        .contains(PRINT);
    assertThat(HostKeyFiles.fingerprint("/etc/ssh/ssh_host_ed25519_key", bytes(OPENSSH)))
        .contains(PRINT);
  }

  @Test
  void key_of_dropbear_is_known_wherever_it_lies() {
    for (String path :
        new String[] {"/etc/dropbear/dropbear_ed25519_host_key", "/etc/ssh/ssh_host_ed25519_key"}) {
      assertThat(HostKeyFiles.fingerprint(path, DROPBEAR)).contains(DROPBEAR_PRINT);
    }
    assertThat(HostKeyFiles.fingerprint("/etc/dropbear/dropbear_ecdsa_host_key", DROPBEAR_ECDSA))
        .contains("SHA256:Ai44y1JlsBT3Vc+nZWnhsfLln6fAGGyZmZip0rsQ9W0");
  }

  @Test
  void file_that_is_cut_off_or_is_something_else_is_no_key() {
    for (int length = 0; length < DROPBEAR.length; length++) {
      assertThat(
              HostKeyFiles.fingerprint(
                  "/etc/dropbear/dropbear_ed25519_host_key", Arrays.copyOf(DROPBEAR, length)))
          .isEmpty();
    }
    for (String text :
        new String[] {
          "",
          "ssh-ed25519",
          "ssh-ed25519 !!!!",
          "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIKCgIPd1P5TuRfhMvaXmOLFTpv32MXulX462al2J8uXC",
          OPENSSH.substring(0, 120),
          OPENSSH.replace("b3BlbnNz", "AAAAAAAA"),
          "\u00ff\u00ff\u00ff\u00ffssh-rsa"
        }) {
      assertThat(HostKeyFiles.fingerprint("/etc/ssh/ssh_host_ed25519_key.pub", bytes(text)))
          .as(text)
          .isEmpty();
      assertThat(HostKeyFiles.fingerprint("/etc/ssh/ssh_host_ed25519_key", bytes(text)))
          .as(text)
          .isEmpty();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
