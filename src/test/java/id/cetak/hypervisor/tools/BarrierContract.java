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

/**
 * What the root program does for a worker, by whatever way it is asked. The real program, its real
 * hook and a real libvirtd; virsh starts the canary.
 */
@SuppressWarnings("NullAway.Init")
abstract class BarrierContract {
  static final Path PROGRAM = Path.of("deploy/barrier/cetak-barrier").toAbsolutePath();

  /** The program's own defaults, which the lab makes private. */
  static final Path IMAGES = Path.of("/var/lib/cetak/images");

  /** The program's own settings, which nobody has made: it takes its defaults. */
  private static final Path NO_SETTINGS = Path.of("/etc/cetak/barrier.conf");

  Barrier barrier;
  UUID version;
  Path disk;

  /**
   * What makes a worker ask this way.
   *
   * @param conf the settings of the program
   */
  abstract Map<String, String> settings(Path conf) throws IOException;

  /** After a test, when the program is not asked any more. */
  void endAsking() throws IOException {}

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
    barrier = barrier(IMAGES, settings(NO_SETTINGS));
    version = UUID.randomUUID();
    Files.createDirectories(barrier.folder(version));
    disk = barrier.folder(version).resolve("disk-0.qcow2");
    Shell.must("qemu-img", "create", "-q", "-f", "qcow2", disk.toString(), "4M");
  }

  @AfterEach
  void removeVersion() throws IOException {
    barrier.unseal(version);
    FolderRemoval.remove(barrier.folder(version));
    endAsking();
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
    Path conf = images.resolve("conf");
    Shell.must("mount", "-t", "ramfs", "ramfs", images.toString());
    try {
      Files.createDirectories(images.resolve("sealed"));
      Files.createDirectories(images.resolve("list"));
      Files.writeString(conf, "sealed=%s/sealed\nlist=%s/list\n".formatted(images, images));
      Barrier flagless = barrier(images, settings(conf));
      assertThat(flagless.missing()).containsExactlyInAnyOrder(Layer.values());
    } finally {
      Shell.must("umount", images.toString());
      FolderRemoval.remove(images);
    }
  }

  static Barrier barrier(Path images, Map<String, String> settings) {
    return new RootBarrier(ToolsConfig.in(images, settings), new ProcessRunner(), virsh());
  }

  /** Trial starts by virsh: a witness that shares no code with Cetak. */
  private static FakeHypervisor virsh() {
    var hypervisor = new FakeHypervisor();
    hypervisor.refuseStarts(BarrierContract::create);
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
