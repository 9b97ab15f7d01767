package id.cetak.hypervisor.tools;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a guest says is its SSH host key. */
public final class HostKeyFilesFuzz {
  private HostKeyFilesFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        HostKeyFilesTest.PUBLIC.getBytes(StandardCharsets.UTF_8),
        HostKeyFilesTest.OPENSSH.getBytes(StandardCharsets.UTF_8),
        HostKeyFilesTest.DROPBEAR_ECDSA,
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
