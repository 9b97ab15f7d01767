package id.cetak.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What guests say of themselves on their serial consoles. */
final class GuestConsole {
  /** Host name, machine-id, fingerprint of the SSH host key, MAC and instance-id, in this order. */
  static final Pattern GUEST =
      Pattern.compile(
          "CETAK-GUEST hostname=(\\S*) machine-id=(\\S*) ssh=(\\S*) mac=(\\S*) instance-id=(\\S*)");

  private GuestConsole() {}

  /** Waits until a guest has said it. */
  static Matcher said(String domain, Pattern pattern, Duration atMost) {
    Path console = of(domain);
    Matcher matcher = pattern.matcher("");
    await(pattern + " of " + domain)
        .atMost(atMost)
        .until(() -> matcher.reset(read(console)).find());
    return matcher;
  }

  /**
   * Where libvirt writes what a guest says.
   *
   * @param domain its name or UUID
   */
  static Path of(String domain) {
    return Path.of(
        Shell.must("virsh", "-q", "dumpxml", domain)
            .lines()
            .filter(line -> line.contains("<source path="))
            .findFirst()
            .orElseThrow()
            .replaceAll(".*path='([^']*)'.*", "$1"));
  }

  /** All that was said so far; nothing where there is no such file yet. */
  static String read(Path console) {
    try {
      return Files.exists(console) ? Files.readString(console) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
