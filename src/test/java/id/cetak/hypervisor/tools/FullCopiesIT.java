package id.cetak.hypervisor.tools;

import static id.cetak.hypervisor.tools.ImageLab.MIB;
import static id.cetak.hypervisor.tools.ImageLab.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.hypervisor.Copied;
import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.StopSignal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Full copies on real file systems. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class FullCopiesIT {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"xfs", "btrfs"})
  void blocks_are_shared_where_the_file_system_can(String type) throws Exception {
    ImageLab.mounted(
        folder,
        type,
        512,
        mount -> {
          Path source = ImageLab.flat(mount.resolve("sealed.qcow2"), 64);
          Path target = mount.resolve("clones/c/disk-0.qcow2");
          tool("sync", "-f", mount.toString());
          long freeBytes = ImageLab.images(mount).free(mount).bytes();
          Copied copied = copy(mount, source, target, new Listener());

          assertThat(copied.method()).isEqualTo(Copied.Method.REFLINK);
          assertThat(copied.reason()).isNull();
          assertThat(copied.bytes()).isGreaterThanOrEqualTo(64 * MIB);
          assertThat(Files.mismatch(source, target)).isEqualTo(-1);
          assertThat(ImageLab.images(mount).free(mount).bytes()).isGreaterThan(freeBytes - 8 * MIB);
          tool("qemu-io", "-f", "qcow2", "-c", "write -P 0x5a 1M 64k", target.toString());
          assertThat(Files.mismatch(source, target)).as("what shares no more").isNotNegative();
        });
  }

  @Test
  void bytes_are_copied_without_holes_where_it_cannot_and_it_says_why() throws Exception {
    ImageLab.mounted(
        folder,
        "ext4",
        512,
        mount -> {
          Path source = ImageLab.flat(mount.resolve("sealed.qcow2"), 24);
          hole(source, 4 * MIB, 12 * MIB);
          try (var file = new RandomAccessFile(source.toFile(), "rw")) {
            file.setLength(file.length() + 100 * MIB);
          }
          Path target = mount.resolve("disk.qcow2");
          var heard = new Listener();
          Copied copied = copy(mount, source, target, heard);

          assertThat(copied.method()).isEqualTo(Copied.Method.SPARSE);
          assertThat(copied.reason()).contains("cannot share blocks", "ext", mount.toString());
          assertThat(copied.bytes()).isBetween(12 * MIB, 13 * MIB);
          assertThat(Files.mismatch(source, target)).isEqualTo(-1);
          assertThat(FileStat.of(target).allocatedBytes()).isLessThan(13 * MIB);
          assertThat(heard.copied).isSorted().endsWith(copied.bytes());
          assertThat(heard.totals).allMatch(total -> total >= 12 * MIB && total < 13 * MIB);
        });
  }

  @Test
  void a_copy_across_file_systems_says_so() throws Exception {
    ImageLab.mounted(
        folder,
        "xfs",
        512,
        mount -> {
          Path source = ImageLab.flat(folder.resolve("sealed.qcow2"), 2);
          Copied copied = copy(folder, source, mount.resolve("disk.qcow2"), new Listener());
          assertThat(copied.method()).isEqualTo(Copied.Method.SPARSE);
          assertThat(copied.reason()).contains("different file systems");
        });
  }

  @Test
  void what_is_not_flat_is_converted_and_tells_its_progress() throws Exception {
    Path base = ImageLab.flat(folder.resolve("base.qcow2"), 48);
    Path overlay = folder.resolve("overlay.qcow2");
    ImageLab.images(folder).overlay(overlay, base, "qcow2", 0, StopSignal.NEVER);
    var heard = new Listener();
    Copied copied = copy(folder, overlay, folder.resolve("copy.qcow2"), heard);
    assertThat(copied.method()).isEqualTo(Copied.Method.CONVERT);
    assertThat(copied.reason()).contains("overlay.qcow2");
    assertThat(heard.copied).isSorted().isNotEmpty();
    assertThat(heard.totals).allMatch(total -> total >= 48 * MIB);
  }

  @Test
  void an_immutable_source_is_copied_and_stays_what_it_was() throws IOException {
    Path source = ImageLab.flat(folder.resolve("sealed.qcow2"), 2);
    tool("chmod", "0444", source.toString());
    tool("chattr", "+i", source.toString());
    try {
      FileStat before = FileStat.of(source);
      copy(folder, source, folder.resolve("disk.qcow2"), new Listener());
      assertThat(FileStat.of(source)).isEqualTo(before);
    } finally {
      tool("chattr", "-i", source.toString());
    }
  }

  @Test
  void several_copies_together_keep_the_limit_and_each_hears_of_itself() throws IOException {
    Path source = ImageLab.flat(folder.resolve("sealed.qcow2"), 8);
    var images =
        ImageLab.images(
            folder, Map.of("cetak.images.copy-bytes-per-second", Long.toString(16 * MIB)));
    long start = System.nanoTime();
    List<CompletableFuture<?>> copies = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      Path target = folder.resolve("disk-" + n + ".qcow2");
      copies.add(
          CompletableFuture.supplyAsync(
              () -> images.copy(source, "qcow2", target, 0, new Listener())));
    }
    copies.forEach(CompletableFuture::join);
    // 24 MiB at 16 MiB a second; the last chunk need not wait for its own time.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1300));
  }

  @Test
  void a_copy_stops_within_a_second_and_leaves_no_target() throws IOException {
    Path source = ImageLab.flat(folder.resolve("sealed.qcow2"), 64);
    var images =
        ImageLab.images(
            folder, Map.of("cetak.images.copy-bytes-per-second", Long.toString(8 * MIB)));
    var heard = new Listener();
    heard.stopAfterBytes = 2 * MIB;
    Path target = folder.resolve("disk.qcow2");
    assertThatThrownBy(() -> images.copy(source, "qcow2", target, 0, heard))
        .hasMessage("cancelled");
    assertThat(Duration.ofNanos(System.nanoTime() - heard.stoppedNanos))
        .isLessThan(Duration.ofSeconds(1));
    assertThat(target).doesNotExist();
    assertThat(heard.copied).allMatch(bytes -> bytes < 4 * MIB);
  }

  @Test
  void a_target_that_is_there_is_not_said_to_be_copied() throws IOException {
    Path source = ImageLab.flat(folder.resolve("sealed.qcow2"), 2);
    Path target = Files.writeString(folder.resolve("disk.qcow2"), "mine");
    assertThat(ImageLab.images(folder).copy(source, "qcow2", target, 0, new Listener())).isEmpty();
    assertThat(target).hasContent("mine");
  }

  @Test
  void free_space_tells_inodes_too() throws Exception {
    ImageLab.mounted(
        folder,
        "ext4",
        64,
        mount -> {
          var before = ImageLab.images(mount).free(mount.resolve("not/there"));
          Files.writeString(mount.resolve("file"), "x");
          var after = ImageLab.images(mount).free(mount);
          assertThat(after.inodes()).isEqualTo(before.inodes() - 1);
          assertThat(after.bytes()).isBetween(before.bytes() - MIB, before.bytes());
          assertThat(after.bytes()).isEqualTo(Files.getFileStore(mount).getUsableSpace());
        });
    ImageLab.mounted(
        folder,
        "btrfs",
        256,
        mount -> assertThat(ImageLab.images(mount).free(mount).inodes()).isEqualTo(Long.MAX_VALUE));
  }

  private static Copied copy(Path home, Path source, Path target, CopyWatch watch) {
    return ImageLab.images(home).copy(source, "qcow2", target, 0, watch).orElseThrow();
  }

  /** Only to see that holes stay holes; the guest's data is gone with it. */
  private static void hole(Path image, long from, long length) {
    tool(
        "fallocate",
        "-p",
        "-o",
        Long.toString(from),
        "-l",
        Long.toString(length),
        image.toString());
  }

  private static final class Listener implements CopyWatch {
    private final List<Long> copied = new ArrayList<>();
    private final List<Long> totals = new ArrayList<>();
    private long stopAfterBytes = Long.MAX_VALUE;
    private long stoppedNanos;

    @Override
    public void copied(long copiedBytes, long totalBytes) {
      copied.add(copiedBytes);
      totals.add(totalBytes);
      if (copiedBytes >= stopAfterBytes && stoppedNanos == 0) {
        stoppedNanos = System.nanoTime();
      }
    }

    @Override
    public void check() {
      if (stoppedNanos != 0) {
        throw new IllegalStateException("cancelled");
      }
    }
  }
}
