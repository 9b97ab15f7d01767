package id.cetak.hypervisor.tools;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** What a guest says is its SSH host key. */
public final class HostKeyFilesFuzz {
  static final String PUBLIC =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKCgIPd1P5TuRfhMvaXmOLFTpv32MXulX462al2J8uXC test\n";
  private static final String PRIVATE =
      """
      -----BEGIN OPENSSH PRIVATE KEY-----
      b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
      QyNTUxOQAAACCgoCD3dT+U7kX4TL2l5jixU6b99jF7pV+OtmpdifLlwgAAAIj3mZ1Q95md
      UAAAAAtzc2gtZWQyNTUxOQAAACCgoCD3dT+U7kX4TL2l5jixU6b99jF7pV+OtmpdifLlwg
      AAAEC33dHQ9dHcRKQ6glfOFRqvON3KM8khvTwwwOyIvaCLpKCgIPd1P5TuRfhMvaXmOLFT
      pv32MXulX462al2J8uXCAAAABHRlc3QB
      -----END OPENSSH PRIVATE KEY-----
      """;
  private static final byte[] DROPBEAR =
      Base64.getDecoder()
          .decode(
              "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCjcBevE24+s0j53Ph0MjsCrZKQb/yj2LKGBVB/6urtEmG9VQR9P9Jt7ctxPF+WFca2ZSubpZ4nEK7AAhtiMZOgAAAAhAL2bZGqZbYInyilT01V2F8UN8l6j1pNAsjbbk0qKSV0l");

  private HostKeyFilesFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        PUBLIC.getBytes(StandardCharsets.UTF_8),
        PRIVATE.getBytes(StandardCharsets.UTF_8),
        DROPBEAR,
        Input.of("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAABAECAwQ="));
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Claims.bounded(
        data.length,
        400,
        () -> {
          for (String path :
              List.of(
                  "/etc/ssh/ssh_host_x_key.pub",
                  "/etc/ssh/ssh_host_x_key",
                  "/etc/dropbear/dropbear_x_host_key")) {
            HostKeyFiles.fingerprint(path, data)
                .ifPresent(
                    print ->
                        hold(
                            print.matches("SHA256:[A-Za-z0-9+/]{43}"), "the fingerprint _", print));
          }
        });
  }
}
