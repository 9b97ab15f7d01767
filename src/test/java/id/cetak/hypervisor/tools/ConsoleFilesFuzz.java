package id.cetak.hypervisor.tools;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import id.cetak.hypervisor.SelfReport;
import id.cetak.lab.Scratch;
import java.nio.file.Path;
import java.util.List;

/** All that a guest writes to its console. */
public final class ConsoleFilesFuzz {
  private ConsoleFilesFuzz() {}

  public static List<byte[]> seeds() {
    String line =
        "CETAK-IDENTITY 1 instance-id=0f9bd1e4 hostname=web-07 machine-id=0123456789abcdef0123456789abcdef"
            + " ssh-host-keys=ssh-ed25519:AAAAC3NzaC1lZDI1NTE5,ssh-rsa:AAAAB3NzaC1yc2E=";
    return List.of(
        Input.of("boot\r\n" + line + "\r\n\u001b[32mOK\u001b[0m\r\n"),
        Input.of(
            "CETAK-IDENTITY 1 instance-id=none hostname=a machine-id=none ssh-host-keys=none"));
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Path log = Scratch.file("console.log", data);
    Claims.bounded(
        data.length, 100, () -> new ConsoleFiles().read(log).ifPresent(ConsoleFilesFuzz::judge));
  }

  private static void judge(SelfReport report) {
    Claims.printable(report.toString());
    hold(report.hostName().length() <= 253, "the name _", report.hostName());
    hold(report.hostKeys().size() <= 8, "_ keys", report.hostKeys().size());
  }
}
