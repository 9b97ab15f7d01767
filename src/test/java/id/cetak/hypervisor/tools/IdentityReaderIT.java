package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.app.CetakConfig;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.GuestIdentity;
import id.cetak.hypervisor.GuestReading;
import id.cetak.hypervisor.StopSignal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Real disks read by real guestfish: many at once, and those that must be read alone. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
@SuppressWarnings("NullAway.Init")
@Timeout(900)
class IdentityReaderIT {
  private static final Path GUEST = Path.of(System.getenv().getOrDefault("CETAK_TEST_GUEST", "/"));
  private static final String MACHINE_ID = "0123456789abcdef0123456789abcdef";

  @TempDir static Path images;

  @TempDir Path folder;
  private final ProcessRunner runner = new ProcessRunner();
  private Appliances appliances;
  private IdentityReader reader;

  @BeforeEach
  void makeReader() {
    CetakConfig config = ToolsConfig.in(images);
    appliances = new Appliances(config, runner);
    reader = new IdentityReader(config, runner, appliances);
  }

  @Test
  void many_guests_are_read_by_few_appliances_and_those_on_volume_groups_by_their_own()
      throws Exception {
    Path golden = GUEST.resolve("guest.qcow2");
    GuestDisk untouched = overlay("untouched", golden);
    GuestDisk empty = new GuestDisk(blank("empty"), "qcow2");
    GuestDisk one = volumes("one");
    GuestDisk copy = new GuestDisk(folder.resolve("copy.qcow2"), "qcow2");
    Files.copy(one.image(), copy.image());
    GuestDisk hostile = hostile("hostile", golden);
    GuestDisk missing = new GuestDisk(folder.resolve("gone.qcow2"), "qcow2");

    List<GuestReading> readings =
        reader.read(
            List.of(
                List.of(new GuestDisk(golden, "qcow2")),
                List.of(untouched),
                List.of(empty),
                List.of(one),
                List.of(copy),
                List.of(hostile),
                List.of(missing)),
            StopSignal.NEVER);

    GuestIdentity first = identity(readings.get(0));
    assertThat(first.hostname()).isEqualTo("golden");
    assertThat(first.machineId()).matches("[0-9a-f]{32}");
    assertThat(first.sshHostKeys()).hasSize(1).allMatch(key -> key.startsWith("SHA256:"));
    assertThat(first.fileSystems()).hasSize(1);
    assertThat(identity(readings.get(1))).isEqualTo(first);
    assertThat(readings.get(1).untouched()).isTrue();
    assertThat(readings.get(1).bases()).containsExactly(golden.toString());
    assertThat(readings.get(2).unread()).contains("No Linux system was found");
    assertThat(identity(readings.get(3)).machineId()).isEqualTo(MACHINE_ID);
    assertThat(identity(readings.get(3)).hostname()).isEqualTo("one");
    assertThat(identity(readings.get(4))).isEqualTo(identity(readings.get(3)));
    GuestIdentity stranger = identity(readings.get(5));
    assertThat(stranger.machineId()).isNull();
    assertThat(stranger.hostname()).isNull();
    assertThat(readings.get(6).unread()).contains("is missing");
    assertThat(images.resolve("work/.tmp")).isEmptyDirectory();
  }

  @Test
  void same_content_is_told_from_other_content_whatever_the_format() throws Exception {
    Path golden = GUEST.resolve("guest.qcow2");
    Path raw = folder.resolve("raw.img");
    ImageLab.tool(
        "qemu-img", "convert", "-f", "qcow2", "-O", "raw", golden.toString(), raw.toString());
    var sealed = new GuestDisk(golden, "qcow2");
    assertThat(reader.sameContent(new GuestDisk(raw, "raw"), sealed, StopSignal.NEVER)).isTrue();
    ImageLab.tool("qemu-io", "-f", "raw", "-c", "write -P 7 0 512", raw.toString());
    assertThat(reader.sameContent(new GuestDisk(raw, "raw"), sealed, StopSignal.NEVER)).isFalse();
  }

  private static GuestIdentity identity(GuestReading reading) {
    assertThat(reading.unread()).isNull();
    return Objects.requireNonNull(reading.identity());
  }

  private GuestDisk overlay(String name, Path backing) {
    Path disk = folder.resolve(name + ".qcow2");
    new ImageTools(ToolsConfig.in(images), runner)
        .overlay(disk, backing, "qcow2", 0, StopSignal.NEVER);
    return new GuestDisk(disk, "qcow2");
  }

  private Path blank(String name) {
    Path disk = folder.resolve(name + ".qcow2");
    ImageLab.tool("qemu-img", "create", "-q", "-f", "qcow2", disk.toString(), "64M");
    return disk;
  }

  /** A root on LVM, and a second partition that is none of the guest's own system. */
  private GuestDisk volumes(String name) throws Exception {
    Path disk = blank(name);
    change(
        disk,
        List.of("run"),
        "part-init /dev/sda mbr",
        "part-add /dev/sda p 2048 20479",
        "part-add /dev/sda p 20480 -2048",
        "mkfs ext4 /dev/sda1",
        "pvcreate /dev/sda2",
        "vgcreate vg /dev/sda2",
        "lvcreate root vg 16",
        "mkfs ext4 /dev/vg/root",
        "mount /dev/vg/root /",
        "mkdir /etc",
        "write /etc/machine-id " + MACHINE_ID,
        "write /etc/hostname " + name);
    return new GuestDisk(disk, "qcow2");
  }

  /** Files that a reader could hang on, be led out by, or drown in. */
  private GuestDisk hostile(String name, Path backing) throws Exception {
    GuestDisk disk = overlay(name, backing);
    change(
        disk.image(),
        List.of("run", "mount /dev/sda /"),
        "rm /etc/machine-id",
        "mkfifo 0600 /etc/machine-id",
        "rm /etc/hostname",
        "ln-s /etc/ssh/../hostname /etc/hostname",
        "fallocate64 /etc/ssh/ssh_host_rsa_key 20000000",
        "write /etc/ssh/ssh_host_ecdsa_key.pub 'ecdsa-sha2-nistp256 !!!!'");
    return disk;
  }

  private void change(Path disk, List<String> first, String... commands) throws Exception {
    List<String> lines = new ArrayList<>(first);
    lines.addAll(List.of(commands));
    Path script = folder.resolve("change.fish");
    Files.writeString(script, String.join("\n", lines) + "\n");
    ToolCall call =
        ToolCall.of("guestfish", Duration.ofMinutes(5), "guestfish")
            .args("--format=qcow2", "--add", disk.toString(), "-f", script.toString());
    appliances.<ToolResult>use(
        "guestfish",
        StopSignal.NEVER,
        place -> runner.succeed(place.prepare(call), FailureCode.TOOL_FAILED, StopSignal.NEVER));
  }
}
