package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.GuestTools.Check;
import id.cetak.hypervisor.StopSignal;
import id.cetak.hypervisor.SysprepOptions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Real virt-sysprep and guestfish on the demo guest, and real boots of what comes out. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
@SuppressWarnings("NullAway.Init")
@Timeout(900)
class GuestfsToolsIT {
  private static final Path GUEST = Path.of(System.getenv().getOrDefault("CETAK_TEST_GUEST", "/"));

  /** Shared by the tests: building the appliance takes half a minute. */
  @TempDir static Path images;

  @TempDir Path folder;
  private final ProcessRunner runner = new ProcessRunner();
  private GuestfsTools tools;
  private Path overlay;
  private List<GuestDisk> disks;

  @BeforeEach
  void makeOverlay() {
    CetakConfig config = ToolsConfig.in(images);
    tools = new GuestfsTools(config, runner, new Appliances(config, runner));
    overlay = folder.resolve("disk-0.qcow2");
    new ImageTools(config, runner)
        .overlay(overlay, GUEST.resolve("guest.qcow2"), "qcow2", 0, StopSignal.NEVER);
    disks = List.of(new GuestDisk(overlay, "qcow2"));
  }

  @Test
  void seal_takes_the_identity_away_and_each_boot_gets_its_own() throws IOException {
    plantWhatOtherMakesKeep();
    assertThat(failed(tools.attest(disks, StopSignal.NEVER)))
        .containsExactly(
            "machine-id",
            "ssh-host-keys",
            "network-macs",
            "hostname",
            "dhcp-leases",
            "host-secrets",
            "storage-identity",
            "agents",
            "first-boot");

    tools.sysprep(disks, new SysprepOptions(false, List.of("/etc/acpi")), StopSignal.NEVER);
    assertThat(failed(tools.attest(disks, StopSignal.NEVER)))
        .containsExactly("machine-id", "storage-identity", "first-boot");

    tools.clearMachineId(disks, StopSignal.NEVER);
    assertThat(tools.attest(disks, StopSignal.NEVER)).allMatch(Check::passed);
    assertThat(
            guestfish(
                "exists /etc/acpi",
                "cat /etc/iscsi/initiatorname.iscsi",
                "exists /etc/init.d/.depend.boot",
                // There is no cloud-init that would write it again.
                "exists /etc/netplan/50-cloud-init.yaml"))
        .matches("(?s)false\\s+GenerateName=yes\\s+false\\s+true");
    assertNothingIsLeft();

    String one = boot("one");
    String two = boot("two");
    assertThat(one).contains("hostname=one ").doesNotContain("ssh=none");
    assertThat(two).contains("hostname=two ").doesNotContain("ssh=none");
    for (String key : List.of("machine-id", "ssh")) {
      assertThat(value(one, key)).isNotEqualTo(value(two, key)).hasSizeGreaterThan(20);
    }
    assertThat(boot("one")).isEqualTo(one);
  }

  private void plantWhatOtherMakesKeep() throws IOException {
    var commands = new ArrayList<String>();
    Map.of(
            "/etc/nvme/hostid", "0123",
            "/etc/salt/minion_id", "golden",
            "/etc/iscsi/initiatorname.iscsi", "InitiatorName=iqn.1993-08.org.debian:01:a",
            "/etc/udev/rules.d/70-persistent-net.rules", "52:54:00:12:34:56",
            "/etc/netplan/50-cloud-init.yaml", "network:",
            "/etc/init.d/.depend.boot", "TARGETS = hostname.sh",
            "/usr/sbin/openrc", "",
            "/var/lib/wicked/duid.xml", "",
            "/var/lib/NetworkManager/no-auto-default.state", "",
            "/var/lib/systemd/random-seed", "")
        .forEach(
            (path, text) -> {
              commands.add("mkdir-p " + path.substring(0, path.lastIndexOf('/')));
              commands.add("write " + path + " '" + text + "'");
            });
    guestfish(commands.toArray(String[]::new));
  }

  @Test
  void left_overs_on_the_disk_and_a_hibernated_swap_fail_the_attestation() throws IOException {
    Path swap = folder.resolve("swap.raw");
    try (var file = new RandomAccessFile(swap.toFile(), "rw")) {
      file.setLength(16 << 20);
    }
    run("mkswap", "--label", "cidata", swap.toString());
    try (var file = new RandomAccessFile(swap.toFile(), "rw")) {
      file.seek(4086);
      file.write("S1SUSPEND\0".getBytes(StandardCharsets.US_ASCII));
    }
    guestfish(
        "mkdir-p /var/lib/cloud/seed/nocloud",
        "touch /var/lib/cloud/seed/nocloud/meta-data",
        "mkdir-p /var/lib/dbus",
        "write /var/lib/dbus/machine-id 0123",
        "mkdir-p /etc/netplan",
        "write /etc/netplan/50.yaml 'macaddress: 52:54:00:12:34:56'",
        "ln-s /nowhere /etc/netplan/60.yaml",
        "mkfifo 0600 /etc/netplan/70.yaml");
    List<GuestDisk> both = List.of(disks.get(0), new GuestDisk(swap, "raw"));

    List<Check> checks = tools.attest(both, StopSignal.NEVER);
    assertThat(failed(checks))
        .contains("dbus-machine-id", "cloud-init-seed", "network-macs", "hibernation");
    assertThat(checks)
        .extracting(Check::finding)
        .anyMatch(finding -> finding.contains("is labelled CIDATA"));
    assertNothingIsLeft();
  }

  @Test
  void stopped_sysprep_leaves_no_process_and_no_file() {
    int[] asked = new int[1];
    StopSignal stop =
        () -> {
          if (++asked[0] > 15) {
            throw new IllegalStateException("lease lost");
          }
        };
    assertThatThrownBy(() -> tools.sysprep(disks, new SysprepOptions(false, List.of()), stop))
        .hasMessage("lease lost");
    assertNothingIsLeft();
    // QEMU's own lock is gone too.
    run("qemu-io", "-f", "qcow2", "-c", "read 0 512", overlay.toString());
  }

  @Test
  void disk_that_fills_up_ends_the_sysprep_instead_of_hanging_it() throws IOException {
    Path small = Files.createDirectory(folder.resolve("small"));
    run("mount", "-t", "tmpfs", "-o", "size=1792k", "tmpfs", small.toString());
    try {
      Path cramped = small.resolve("disk-0.qcow2");
      run("cp", "--sparse=never", overlay.toString(), cramped.toString());
      var one = List.of(new GuestDisk(cramped, "qcow2"));
      assertThatThrownBy(
              () -> tools.sysprep(one, new SysprepOptions(false, List.of()), StopSignal.NEVER))
          .isInstanceOfSatisfying(
              Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.NO_SPACE))
          .hasMessageContaining(" are free");
      assertNothingIsLeft();
    } finally {
      run("umount", small.toString());
    }
  }

  @Test
  void image_without_a_system_is_a_failed_sysprep_with_the_tools_words() {
    run("qemu-img", "create", "-q", "-f", "qcow2", folder.resolve("empty.qcow2").toString(), "8M");
    var empty = List.of(new GuestDisk(folder.resolve("empty.qcow2"), "qcow2"));

    var nothing = new SysprepOptions(false, List.of());
    assertThatThrownBy(() -> tools.sysprep(empty, nothing, StopSignal.NEVER))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.SYSPREP_FAILED))
        .hasMessageContaining("empty.qcow2")
        .hasMessageContaining("no operating systems were found");
    assertThatThrownBy(() -> tools.clearMachineId(empty, StopSignal.NEVER))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.SYSPREP_FAILED))
        .hasMessageContaining("empty.qcow2")
        .hasMessageContaining("no operating system was found");
    assertNothingIsLeft();
  }

  @Test
  void kvm_is_used_only_where_an_appliance_boots_with_it() throws IOException {
    CetakConfig config = ToolsConfig.in(images);
    var appliances = new Appliances(config, runner, Map.of());
    String settings = appliances.use("test", StopSignal.NEVER, place -> place.settings());
    assertThat(settings).isIn("", "force_tcg");

    Path verdict = images.resolve("work/.guestfs/accelerator");
    if (Files.isWritable(Path.of("/dev/kvm"))) {
      assertThat(verdict).content().endsWith(settings.isEmpty() ? "kvm" : "tcg");
      // A second worker believes the verdict of this boot: with this guestfish it could find none.
      CetakConfig blind = ToolsConfig.in(images, Map.of("cetak.tools.guestfish", "/bin/false"));
      var next = new Appliances(blind, runner, Map.of());
      assertThat(next.<String>use("test", StopSignal.NEVER, place -> place.settings()))
          .isEqualTo(settings);
    }
  }

  /** Boots a clone named so, and gives the line that the guest says about itself. */
  private String boot(String name) throws IOException {
    CetakConfig config = ToolsConfig.in(images);
    var imageTools = new ImageTools(config, runner);
    Path disk = folder.resolve(name + ".qcow2");
    imageTools.overlay(disk, overlay, "qcow2", 0, StopSignal.NEVER);
    Path seed = folder.resolve(name + ".iso");
    String meta = "{\n  \"instance-id\": \"i-%s\",\n  \"local-hostname\": \"%s\"\n}\n";
    imageTools.seed(seed, Map.of("meta-data", meta.formatted(name, name)), StopSignal.NEVER);
    StringBuilder said = new StringBuilder();
    StopSignal untilItSpoke =
        () -> {
          if (said.length() > 0) {
            throw new IllegalStateException("it spoke");
          }
        };
    ToolCall qemu =
        ToolCall.of("Boot of " + name, Duration.ofMinutes(5), "qemu-system-x86_64")
            .args("-machine", "q35", "-accel", "tcg", "-m", "128", "-nographic", "-no-reboot")
            .args("-kernel", GUEST.resolve("vmlinuz").toString())
            .args("-initrd", GUEST.resolve("initrd.gz").toString())
            .args("-append", "console=ttyS0 quiet net.ifnames=0 panic=5")
            .args("-drive", "if=virtio,format=qcow2,file=" + disk)
            .args("-drive", "if=virtio,format=raw,readonly=on,file=" + seed);
    assertThatThrownBy(
            () ->
                runner.run(
                    qemu,
                    untilItSpoke,
                    line -> {
                      // The firmware's last words share the line with whoever speaks first.
                      if (line.contains("CETAK-GUEST")) {
                        said.append(line.substring(line.indexOf("CETAK-GUEST")));
                      }
                    }))
        .hasMessage("it spoke");
    return said.toString();
  }

  private static String value(String said, String key) {
    return Stream.of(said.split(" ", -1))
        .filter(word -> word.startsWith(key + "="))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> failed(List<Check> checks) {
    return checks.stream().filter(check -> !check.passed()).map(Check::name).toList();
  }

  /** The kernel's word: no process names the image, and no file lies where runs lie. */
  private void assertNothingIsLeft() {
    assertThat(ProcessHandle.allProcesses().map(GuestfsToolsIT::commandLine))
        .noneMatch(line -> line.contains(overlay.toString()));
    assertThat(images.resolve("work/.tmp")).isEmptyDirectory();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(
          Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  /** Changes or asks the guest on the overlay, in an appliance of its own. */
  private String guestfish(String... commands) throws IOException {
    CetakConfig config = ToolsConfig.in(images);
    Path script = folder.resolve("script.fish");
    Files.writeString(script, String.join("\n", commands) + "\n");
    ToolCall call =
        ToolCall.of("guestfish", Duration.ofMinutes(5), "guestfish")
            .args("--format=qcow2", "--add", overlay.toString(), "-i", "-f", script.toString());
    return new Appliances(config, runner)
        .use(
            "guestfish",
            StopSignal.NEVER,
            place ->
                runner
                    .succeed(place.prepare(call), FailureCode.TOOL_FAILED, StopSignal.NEVER)
                    .output()
                    .strip());
  }

  private void run(String program, String... args) {
    ToolCall call = ToolCall.of(program, Duration.ofSeconds(60), program).args(args);
    runner.succeed(call, FailureCode.TOOL_FAILED, StopSignal.NEVER);
  }
}
