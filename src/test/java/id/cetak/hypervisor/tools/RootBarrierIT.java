package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.Barrier.Layer;
import id.cetak.hypervisor.FakeHypervisor;
import id.cetak.lab.Libvirtd;
import id.cetak.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The real root program, its real hook and a real libvirtd; virsh starts the canary. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
@SuppressWarnings("NullAway.Init")
@Timeout(300)
class RootBarrierIT {
  private static final Path PROGRAM = Path.of("deploy/barrier/cetak-barrier").toAbsolutePath();

  /** The program's own defaults, which the lab makes private. */
  private static final Path IMAGES = Path.of("/var/lib/cetak/images");

  private Barrier barrier;
  private UUID version;
  private Path disk;

  @BeforeAll
  static void install() throws IOException {
    Libvirtd.start();
    Files.createDirectories(IMAGES.resolve("sealed"));
    Shell.must(PROGRAM.toString(), "install");
  }

  @AfterAll
  static void uninstall() {
    Shell.must(PROGRAM.toString(), "uninstall");
  }

  @BeforeEach
  void publishVersion() throws IOException {
    var config = ToolsConfig.in(IMAGES, Map.of("cetak.barrier.command", PROGRAM.toString()));
    barrier = new RootBarrier(config, new ProcessRunner(), virsh());
    version = UUID.randomUUID();
    Files.createDirectories(barrier.folder(version));
    disk = barrier.folder(version).resolve("disk-0.qcow2");
    Shell.must("qemu-img", "create", "-q", "-f", "qcow2", disk.toString(), "4M");
  }

  @AfterEach
  void removeVersion() throws IOException {
    barrier.unseal(version);
    FolderRemoval.remove(barrier.folder(version));
  }

  @Test
  void sealed_version_has_no_faults_until_a_layer_is_taken_away() {
    assertThat(barrier.faults(version)).isNotEmpty();
    barrier.seal(version);
    barrier.seal(version);
    assertThat(barrier.faults(version)).isEmpty();

    Shell.must("chattr", "-i", disk.toString());
    assertThat(barrier.faults(version)).anyMatch(fault -> fault.startsWith("immutable broken"));
    Shell.must("chmod", "0660", disk.toString());
    assertThat(barrier.faults(version)).anyMatch(fault -> fault.startsWith("mode broken"));

    barrier.unseal(version);
    barrier.unseal(version);
    assertThat(disk).isWritable();
  }

  @Test
  void image_with_a_backing_file_is_not_sealed() {
    Path other = barrier.folder(version).resolve("disk-1.qcow2");
    Shell.must(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-b",
        "/etc/passwd",
        "-F",
        "raw",
        other.toString());
    assertThatThrownBy(() -> barrier.seal(version))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.TOOL_FAILED))
        .hasMessageContaining("disk-1.qcow2 has a backing file");
  }

  @Test
  void canary_proves_all_layers_and_misses_a_hook_that_is_gone() throws IOException {
    await().atMost(Duration.ofSeconds(30)).until(() -> barrier.missing().isEmpty());

    Path hook = Path.of("/etc/libvirt/hooks/qemu.d/50-cetak");
    Shell.must("chattr", "-i", hook.toString());
    Files.delete(hook);
    assertThat(barrier.missing()).isEqualTo(Set.of(Layer.HOOK));

    Shell.must(PROGRAM.toString(), "install");
    await().atMost(Duration.ofSeconds(30)).until(() -> barrier.missing().isEmpty());
    assertThat(Shell.must("virsh", "-q", "list", "--all", "--name")).doesNotContain("canary");
  }

  @Test
  void host_without_the_immutable_flag_has_no_layer() throws IOException {
    Path images = Files.createTempDirectory("cetak-barrier");
    Path settings = images.resolve("conf");
    Shell.must("mount", "-t", "ramfs", "ramfs", images.toString());
    try {
      Files.createDirectories(images.resolve("sealed"));
      Files.createDirectories(images.resolve("list"));
      Files.writeString(settings, "sealed=%s/sealed\nlist=%s/list\n".formatted(images, images));
      var config =
          ToolsConfig.in(
              images,
              Map.of(
                  "cetak.barrier.command", "env,CETAK_BARRIER_CONF=" + settings + "," + PROGRAM));
      var flagless = new RootBarrier(config, new ProcessRunner(), virsh());
      assertThat(flagless.missing()).containsExactlyInAnyOrder(Layer.values());
    } finally {
      Shell.must("umount", images.toString());
      FolderRemoval.remove(images);
    }
  }

  @Test
  void program_that_seals_elsewhere_is_a_missing_barrier() throws IOException {
    Path elsewhere = Files.createTempDirectory("cetak-elsewhere");
    var config = ToolsConfig.in(elsewhere, Map.of("cetak.barrier.command", PROGRAM.toString()));
    var mistaken = new RootBarrier(config, new ProcessRunner(), virsh());
    assertThatThrownBy(mistaken::missing)
        .hasMessageContaining(elsewhere.toString())
        .hasMessageContaining(IMAGES.toString());
    Files.delete(elsewhere);
  }

  @Test
  void program_that_is_not_there_is_a_missing_barrier() {
    var config = ToolsConfig.in(IMAGES, Map.of("cetak.barrier.command", "/no/cetak-barrier"));
    var missing = new RootBarrier(config, new ProcessRunner(), virsh());
    assertThatThrownBy(missing::missing)
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.BARRIER_MISSING))
        .hasMessageContaining("/no/cetak-barrier");
  }

  @Test
  void fingerprint_follows_content_owner_mode_flag_and_identity() throws IOException {
    barrier.seal(version);
    String sealed = barrier.fingerprint(disk);
    assertThat(sealed).endsWith(":0:" + group() + ":immutable").contains(":100440:");
    barrier.seal(version);
    assertThat(barrier.fingerprint(disk)).isEqualTo(sealed);

    Shell.must("chattr", "-i", disk.toString());
    String unlocked = barrier.fingerprint(disk);
    assertThat(unlocked).endsWith(":mutable");
    Shell.must("touch", "-d", "2020-01-01", disk.toString());
    String touched = barrier.fingerprint(disk);
    assertThat(touched).isNotEqualTo(unlocked);
    Shell.must("chmod", "0640", disk.toString());
    assertThat(barrier.fingerprint(disk)).isNotEqualTo(touched);
    Shell.must("chmod", "0440", disk.toString());
    Shell.must("chattr", "-i", barrier.folder(version).toString());
    Shell.must("cp", "-p", disk.toString(), disk + ".new");
    Shell.must("mv", disk + ".new", disk.toString());
    assertThat(barrier.fingerprint(disk).split(":", 2)[0]).isNotEqualTo(touched.split(":", 2)[0]);
    assertThatThrownBy(() -> barrier.fingerprint(disk.resolveSibling("none")))
        .isInstanceOf(Failure.class);
  }

  @Test
  void lost_marker_is_made_anew_and_the_fingerprint_stays() throws IOException {
    barrier.seal(version);
    String sealed = barrier.fingerprint(disk);
    Path list = Path.of("/var/lib/cetak/barrier/sealed");
    Files.delete(
        list.resolve(
            Files.getAttribute(disk, "unix:dev") + ":" + Files.getAttribute(disk, "unix:ino")));
    assertThat(barrier.faults(version)).anyMatch(fault -> fault.startsWith("list broken"));
    barrier.seal(version);
    assertThat(barrier.faults(version)).isEmpty();
    assertThat(barrier.fingerprint(disk)).isEqualTo(sealed);
  }

  @Test
  void sealed_disk_is_recognised_by_whatever_path() throws IOException {
    Path elsewhere = Files.createTempDirectory("cetak-links");
    try {
      Path soft = Files.createSymbolicLink(elsewhere.resolve("soft"), disk);
      Path hard = Files.createLink(IMAGES.resolve("hard-" + version), disk);
      Path own = elsewhere.resolve("own.qcow2");
      Shell.must(
          "qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", disk + "", own + "");
      for (Path path : new Path[] {disk, soft, hard}) {
        assertThat(barrier.sealedDiskOf(domain("<source file='%s'/>".formatted(path), "")))
            .as(path.toString())
            .contains(version);
      }
      String nvram = "<os><nvram>%s</nvram></os>".formatted(disk);
      assertThat(barrier.sealedDiskOf(domain("", nvram))).contains(version);
      String clone =
          "<source file='%s'/><backingStore type='file'><source file='%s'/></backingStore>";
      assertThat(barrier.sealedDiskOf(domain(clone.formatted(own, disk), ""))).isEmpty();
      assertThat(barrier.sealedDiskOf(domain("<source file='/not/there'/>", ""))).isEmpty();
      Files.delete(hard);
    } finally {
      FolderRemoval.remove(elsewhere);
    }
  }

  private static String domain(String source, String os) {
    return "<domain type='qemu'>%s<devices><disk type='file'>%s</disk></devices></domain>"
        .formatted(os, source);
  }

  private static String group() {
    return Shell.must("getent", "group", "libvirt-qemu").split(":", -1)[2];
  }

  /** Trial starts by virsh: a witness that shares no code with Cetak. */
  private static FakeHypervisor virsh() {
    var hypervisor = new FakeHypervisor();
    hypervisor.refuseStarts(RootBarrierIT::create);
    return hypervisor;
  }

  private static @Nullable String create(String xml) {
    try {
      Path file = Files.createTempFile("canary", ".xml");
      Files.writeString(file, xml);
      Shell.Result result = Shell.run("virsh", "-q", "create", "--paused", file.toString());
      Files.delete(file);
      if (!result.ok()) {
        return result.output();
      }
      Shell.must("virsh", "-q", "destroy", xml.replaceAll("(?s).*<name>|</name>.*", ""));
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
