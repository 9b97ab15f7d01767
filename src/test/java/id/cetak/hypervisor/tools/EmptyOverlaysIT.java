package id.cetak.hypervisor.tools;

import static id.cetak.hypervisor.tools.ImageLab.MIB;
import static id.cetak.hypervisor.tools.ImageLab.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.failure.Failure;
import id.cetak.hypervisor.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Overlays from memory, against those that qemu-img makes. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class EmptyOverlaysIT {
  @TempDir Path folder;
  private ImageTools images;
  private Path base;
  private Path callsOfQemuImg;

  @BeforeEach
  void countCallsOfQemuImg() throws IOException {
    callsOfQemuImg = folder.resolve("calls");
    Path program = folder.resolve("qemu-img-counted");
    Files.writeString(
        program, "#!/bin/sh\necho x >>" + callsOfQemuImg + "\nexec qemu-img \"$@\"\n");
    tool("chmod", "+x", program.toString());
    images = ImageLab.images(folder, Map.of("cetak.tools.qemu-img", program.toString()));
    base = ImageLab.flat(folder.resolve("base.qcow2"), 2);
  }

  @Test
  void an_overlay_from_memory_is_the_one_that_qemu_img_makes() throws IOException {
    Path first = make("first.qcow2", 0);
    long calls = calls();
    Path second = make("second.qcow2", 0);
    assertThat(calls()).as("child processes for the second").isEqualTo(calls);

    Path theirs = folder.resolve("theirs.qcow2");
    tool(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-F",
        "qcow2",
        "-b",
        base.toString(),
        theirs.toString());
    assertThat(Files.mismatch(first, theirs)).isEqualTo(-1);
    assertThat(Files.mismatch(second, theirs)).isEqualTo(-1);
    tool("qemu-img", "check", "-f", "qcow2", second.toString());
    assertThat(FileStat.of(second).allocatedBytes()).isLessThan(64 * 1024);
  }

  @Test
  void a_grown_overlay_has_memory_of_its_own() throws IOException {
    make("plain.qcow2", 0);
    Path first = make("first.qcow2", 3L << 30);
    Path second = make("second.qcow2", 3L << 30);
    assertThat(Files.mismatch(first, second)).isEqualTo(-1);
    tool("qemu-img", "check", "-f", "qcow2", second.toString());
    assertThat(images.inspect(second, "qcow2", StopSignal.NEVER).virtualSizeBytes())
        .isEqualTo(3L << 30);
    assertThat(images.inspect(make("third.qcow2", 0), "qcow2", StopSignal.NEVER).virtualSizeBytes())
        .isEqualTo(2 * MIB);
  }

  @Test
  void an_overlay_works_and_leaves_the_memory_alone() throws IOException {
    make("first.qcow2", 0);
    Path written = make("written.qcow2", 0);
    tool("qemu-io", "-f", "qcow2", "-c", "write -P 0x5a 1M 64k", written.toString());
    tool("qemu-io", "-f", "qcow2", "-c", "read -P 0x5a 1M 64k", written.toString());
    assertThat(Files.mismatch(make("next.qcow2", 0), folder.resolve("first.qcow2"))).isEqualTo(-1);
  }

  @Test
  void nothing_is_remembered_of_a_file_that_changed() throws IOException {
    make("small.qcow2", 0);
    tool("qemu-img", "resize", "-q", "-f", "qcow2", base.toString(), "64M");
    assertThat(images.inspect(make("grown.qcow2", 0), "qcow2", StopSignal.NEVER).virtualSizeBytes())
        .isEqualTo(64 * MIB);

    Files.move(
        ImageLab.flat(folder.resolve("other.qcow2"), 5),
        base,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(images.inspect(make("other.qcow2", 0), "qcow2", StopSignal.NEVER).virtualSizeBytes())
        .isEqualTo(5 * MIB);

    Files.delete(base);
    assertThatThrownBy(() -> make("gone.qcow2", 0)).isInstanceOf(Failure.class);
    assertThat(folder.resolve("gone.qcow2")).doesNotExist();
    assertThat(folder.resolve("gone.qcow2.part")).doesNotExist();
  }

  @Test
  void memory_is_bounded() throws IOException {
    for (int sizeMiB = 3; sizeMiB < 3 + 70; sizeMiB++) {
      make("grown-" + sizeMiB + ".qcow2", sizeMiB * MIB);
    }
    long calls = calls();
    make("newest.qcow2", 72 * MIB);
    assertThat(calls()).as("the newest is in memory").isEqualTo(calls);
    make("oldest.qcow2", 3 * MIB);
    assertThat(calls()).as("the oldest is not").isGreaterThan(calls);
  }

  private Path make(String name, long sizeBytes) {
    Path target = folder.resolve(name);
    images.overlay(target, base, "qcow2", sizeBytes, StopSignal.NEVER);
    return target;
  }

  private long calls() throws IOException {
    return Files.exists(callsOfQemuImg) ? Files.size(callsOfQemuImg) : 0;
  }
}
