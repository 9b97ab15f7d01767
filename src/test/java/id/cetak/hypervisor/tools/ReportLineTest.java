package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import id.cetak.hypervisor.SelfReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportLineTest {
  private static final String ID = "0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01";
  private static final String MACHINE = "0123456789abcdef0123456789abcdef";
  private static final String LINE =
      "CETAK-IDENTITY 1 instance-id=%s hostname=web-07 machine-id=%s ssh-host-keys=ssh-ed25519:AAAAC3NzaC1lZDI1NTE5,ssh-rsa:AAAAB3NzaC1yc2E="
          .formatted(ID, MACHINE);

  @Test
  void a_line_is_read_whole() {
    assertThat(ReportLine.read(LINE))
        .contains(
            new SelfReport(
                SelfReport.Source.CONSOLE,
                ID,
                "web-07",
                MACHINE,
                List.of("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "ssh-rsa AAAAB3NzaC1yc2E=")));
    assertThat(
            ReportLine.read(
                "CETAK-IDENTITY 1 instance-id=none hostname=a machine-id=none ssh-host-keys=none"))
        .contains(new SelfReport(SelfReport.Source.CONSOLE, null, "a", null, List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "CETAK-IDENTITY 1",
        "CETAK-IDENTITY 2 instance-id=a hostname=a machine-id=none ssh-host-keys=none",
        " CETAK-IDENTITY 1 instance-id=a hostname=a machine-id=none ssh-host-keys=none",
        "CETAK-IDENTITY 1 instance-id=a hostname=a machine-id=none ssh-host-keys=none and more",
        "CETAK-IDENTITY 1 instance-id=a hostname=a b machine-id=none ssh-host-keys=none",
        "CETAK-IDENTITY 1 instance-id=a hostname=a machine-id=0123 ssh-host-keys=none",
        "CETAK-IDENTITY 1 instance-id=a hostname=a machine-id=none ssh-host-keys=ssh-rsa:AAAA",
        "CETAK-IDENTITY 1 instance-id=a hostname=\"; drop machine-id=none ssh-host-keys=none",
      })
  void a_line_of_another_form_is_none(String line) {
    assertThat(ReportLine.read(line)).isEmpty();
  }

  @Test
  void the_last_whole_line_of_a_console_counts(@TempDir Path folder) throws IOException {
    Path log = folder.resolve("serial-0.log");
    assertThat(new ConsoleFiles().read(log)).isEmpty();
    String older = LINE.replace("web-07", "older");
    Files.writeString(
        log,
        "boot\r\n"
            + older
            + "\r\n\u001b[32mOK\u001b[0m\r\n[ 1.2] "
            + LINE
            + "\r\n\r\n"
            + LINE
            + "\r\nCETAK-IDENTITY 1 instance-id=half",
        StandardCharsets.ISO_8859_1);
    assertThat(new ConsoleFiles().read(log))
        .hasValueSatisfying(report -> assertThat(report.hostName()).isEqualTo("web-07"));
  }

  @Test
  void of_a_console_without_end_only_the_end_is_read(@TempDir Path folder) throws IOException {
    Path log = folder.resolve("serial-0.log");
    Files.writeString(log, LINE + "\n" + "x".repeat(3 << 20) + "\n");
    assertThat(new ConsoleFiles().read(log)).isEmpty();
    Files.writeString(log, "x".repeat(3 << 20) + "\n" + LINE + "\n");
    assertThat(new ConsoleFiles().read(log)).isPresent();
  }

  @Test
  void a_link_is_not_followed(@TempDir Path folder) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), LINE);
    Path log = Files.createSymbolicLink(folder.resolve("serial-0.log"), secret);
    assertThat(new ConsoleFiles().read(log)).isEmpty();
  }

  @Test
  void any_bytes_are_a_report_or_none() {
    var random = new Random(11);
    for (int n = 0; n < 20_000; n++) {
      byte[] bytes = LINE.getBytes(StandardCharsets.US_ASCII);
      for (int change = random.nextInt(5); change > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      String text =
          new String(bytes, 0, random.nextInt(bytes.length + 1), StandardCharsets.ISO_8859_1);
      assertThatCode(() -> ReportLine.read(text)).doesNotThrowAnyException();
    }
  }
}
