package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** The root program as a child, and what the worker itself looks at. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
@SuppressWarnings("NullAway.Init")
@Timeout(300)
class RootBarrierIT extends BarrierContract {
  @Override
  Map<String, String> settings(Path conf) {
    return Map.of("cetak.barrier.command", "env,CETAK_BARRIER_CONF=%s,%s".formatted(conf, PROGRAM));
  }

  @Test
  void program_that_seals_elsewhere_is_a_missing_barrier() throws IOException {
    Path elsewhere = Files.createTempDirectory("cetak-elsewhere");
    Barrier mistaken = barrier(elsewhere, Map.of("cetak.barrier.command", PROGRAM.toString()));
    assertThatThrownBy(mistaken::missing)
        .hasMessageContaining(elsewhere.toString())
        .hasMessageContaining(IMAGES.toString());
    Files.delete(elsewhere);
  }

  @Test
  void program_that_is_not_there_is_a_missing_barrier() {
    Barrier missing = barrier(IMAGES, Map.of("cetak.barrier.command", "/no/cetak-barrier"));
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
}
