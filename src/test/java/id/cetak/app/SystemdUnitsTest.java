package id.cetak.app;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the units in deploy/systemd take away from the worker and from the root program. */
class SystemdUnitsTest {
  private static final Path UNITS = Path.of("deploy/systemd");
  private static final String WORKER = "cetak-worker.service";
  private static final String BARRIER = "cetak-barrier@.service";
  private static final String SOCKET = "cetak-barrier.socket";

  /** In tenths. */
  private static final int MOST_EXPOSURE = 20;

  @ParameterizedTest
  @ValueSource(strings = {WORKER, BARRIER})
  void exposure_is_2_at_most_by_systemds_own_measure(String unit) {
    Shell.Result measured =
        Shell.run(
            "systemd-analyze",
            "security",
            "--no-pager",
            "--offline=yes",
            "--threshold=" + MOST_EXPOSURE,
            UNITS.resolve(unit).toString());
    assertThat(measured.output()).contains("Overall exposure level for");
    assertThat(measured.ok()).as(measured.output()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {WORKER, SOCKET})
  void a_worker_that_was_enabled_is_there_after_a_reboot(String unit, @TempDir Path root)
      throws IOException {
    Path system = Files.createDirectories(root.resolve("etc/systemd/system"));
    for (String file : List.of(WORKER, BARRIER, SOCKET)) {
      Files.copy(UNITS.resolve(file), system.resolve(file));
    }
    Shell.must("systemctl", "--root=" + root, "enable", unit);
    try (Stream<Path> wants = Files.walk(system)) {
      assertThat(wants.map(Path::toString))
          .anyMatch(path -> path.endsWith(".target.wants/" + unit));
    }
  }

  @Test
  void worker_is_an_ordinary_user_who_cannot_become_more() throws IOException {
    assertThat(directives(WORKER))
        .contains(
            "User=cetak",
            "CapabilityBoundingSet=",
            "AmbientCapabilities=",
            "NoNewPrivileges=yes",
            "RestrictSUIDSGID=yes",
            "RestrictNamespaces=yes",
            "ProtectSystem=strict",
            "ProtectHome=yes",
            "PrivateTmp=yes",
            "DevicePolicy=closed",
            "SystemCallFilter=~@privileged",
            // Broker, database, libvirt, barrier: no netlink, no raw packets.
            "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
            // A core would hold what the memory holds.
            "LimitCORE=0")
        .noneMatch(directive -> directive.startsWith("CapabilityBoundingSet=CAP"))
        .noneMatch(directive -> directive.contains("sudo"));
    // No list of sealed images, no hook: only the root program writes those.
    assertThat(directives(WORKER).stream().filter(line -> line.startsWith("ReadWritePaths=")))
        .containsExactly("ReadWritePaths=/var/lib/cetak/images -/var/lib/libvirt/images");
  }

  @Test
  void passwords_come_as_credentials_and_not_in_the_environment() throws IOException {
    assertThat(directives(WORKER))
        .contains(
            "LoadCredential=rabbitmq-password:/etc/cetak/credentials/rabbitmq-password",
            "LoadCredential=quarkus.datasource.password:/etc/cetak/credentials/quarkus.datasource.password");
    assertThat(Files.readString(UNITS.resolve("worker.env"))).doesNotContain("PASSWORD=");
  }

  @Test
  void root_program_reaches_no_network_and_no_folder_but_its_own() throws IOException {
    assertThat(directives(BARRIER))
        .contains(
            "ExecStart=/usr/lib/cetak/cetak-barrier serve",
            "PrivateNetwork=yes",
            "RestrictAddressFamilies=AF_UNIX",
            "ProtectSystem=strict",
            "ReadWritePaths=/var/lib/cetak",
            "NoNewPrivileges=yes",
            "MemoryDenyWriteExecute=yes");
    assertThat(directives(BARRIER).stream().filter(line -> line.startsWith("CapabilityBounding")))
        .singleElement()
        .asString()
        .doesNotContain("SYS_ADMIN", "SYS_PTRACE", "NET", "MKNOD", "RAWIO", "~");
  }

  @Test
  void only_the_workers_group_reaches_the_root_program() throws IOException {
    assertThat(directives(SOCKET))
        .contains(
            "ListenStream=/run/cetak/barrier.sock",
            "SocketUser=root",
            "SocketGroup=cetak",
            "SocketMode=0660",
            "Accept=yes");
  }

  private static List<String> directives(String unit) throws IOException {
    return Files.readAllLines(UNITS.resolve(unit));
  }
}
