package id.cetak.hypervisor.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.Images;
import id.cetak.hypervisor.StopSignal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Real qemu-img and real files, read by real QEMU and the kernel. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class ImageToolsIT {
  private static final long MIB = 1 << 20;

  @TempDir Path folder;
  private Images images;
  private Path base;

  @BeforeEach
  void makeBaseImage() throws IOException {
    images = new ImageTools(ToolsConfig.in(folder), new ProcessRunner());
    base = folder.resolve("base.qcow2");
    Path raw = folder.resolve("base.raw");
    byte[] content = new byte[(int) (4 * MIB)];
    new Random(7).nextBytes(content);
    Files.write(raw, content);
    tool("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), base.toString());
  }

  @Test
  void overlay_names_its_backing_file_and_format() {
    Path target = folder.resolve("clones/c1/disk-0.qcow2");
    images.overlay(target, base, "qcow2", 0, StopSignal.NEVER);

    var facts = images.inspect(target, "qcow2", StopSignal.NEVER);
    assertThat(facts.backingFile()).isEqualTo(base);
    assertThat(facts.backingFormat()).isEqualTo("qcow2");
    assertThat(facts.virtualSizeBytes()).isEqualTo(4 * MIB);
    assertThat(facts.format()).isEqualTo("qcow2");
    assertThat(facts.externalData()).isFalse();
    assertThat(filesIn(folder.resolve("clones/c1"))).containsExactly("disk-0.qcow2");
  }

  @Test
  void overlay_grows_but_never_shrinks() {
    Path grown = folder.resolve("grown.qcow2");
    images.overlay(grown, base, "qcow2", 64 * MIB, StopSignal.NEVER);
    assertThat(images.inspect(grown, "qcow2", StopSignal.NEVER).virtualSizeBytes())
        .isEqualTo(64 * MIB);

    Path shrunk = folder.resolve("shrunk.qcow2");
    assertFails(
        FailureCode.INVALID,
        () -> images.overlay(shrunk, base, "qcow2", 2 * MIB, StopSignal.NEVER));
    assertThat(filesIn(folder)).doesNotContain("shrunk.qcow2", "shrunk.qcow2.part");
  }

  @Test
  void target_that_exists_is_left_alone_and_leftovers_of_a_crash_are_overwritten()
      throws IOException {
    Path target = folder.resolve("disk.qcow2");
    Files.writeString(folder.resolve("disk.qcow2.part"), "half a file of an earlier worker");
    images.copy(base, "qcow2", target, 0, CopyWatch.unheard(StopSignal.NEVER));
    assertThat(Files.mismatch(base, target)).isEqualTo(-1);
    assertThat(filesIn(folder)).doesNotContain("disk.qcow2.part");

    Files.writeString(target, "mine");
    images.copy(base, "qcow2", target, 0, CopyWatch.unheard(StopSignal.NEVER));
    assertThat(target).hasContent("mine");
  }

  @Test
  void copy_flattens_a_chain_and_grows_it() throws IOException {
    Path overlay = folder.resolve("overlay.qcow2");
    images.overlay(overlay, base, "qcow2", 0, StopSignal.NEVER);
    tool("qemu-io", "-f", "qcow2", "-c", "write -P 0x5a 1M 1M", overlay.toString());
    Path flat = folder.resolve("flat.qcow2");
    images.copy(overlay, "qcow2", flat, 16 * MIB, CopyWatch.unheard(StopSignal.NEVER));

    var facts = images.inspect(flat, "qcow2", StopSignal.NEVER);
    assertThat(facts.backingFile()).isNull();
    assertThat(facts.virtualSizeBytes()).isEqualTo(16 * MIB);
    tool("qemu-io", "-f", "qcow2", "-c", "read -P 0x5a 1M 1M", flat.toString());
    tool("qemu-io", "-f", "qcow2", "-c", "read -P 0 4M 12M", flat.toString());
  }

  @Test
  void copy_of_raw_and_of_internal_snapshots_is_a_plain_image() {
    tool("qemu-img", "snapshot", "-c", "before", base.toString());
    Path copy = folder.resolve("copy.qcow2");
    images.copy(base, "qcow2", copy, 0, CopyWatch.unheard(StopSignal.NEVER));
    assertThat(images.inspect(base, "qcow2", StopSignal.NEVER).snapshots()).isEqualTo(1);
    assertThat(images.inspect(copy, "qcow2", StopSignal.NEVER).snapshots()).isZero();

    Path fromRaw = folder.resolve("from-raw.qcow2");
    images.copy(folder.resolve("base.raw"), "raw", fromRaw, 0, CopyWatch.unheard(StopSignal.NEVER));
    tool(
        "qemu-img",
        "compare",
        "-f",
        "raw",
        "-F",
        "qcow2",
        folder.resolve("base.raw").toString(),
        fromRaw.toString());
  }

  @Test
  void chain_without_a_named_format_is_refused() throws IOException {
    Path guessing = folder.resolve("guessing.qcow2");
    images.overlay(guessing, folder.resolve("base.raw"), "raw", 0, StopSignal.NEVER);
    forgetBackingFormat(guessing);

    assertFails(
        FailureCode.HYPERVISOR_REFUSED,
        () ->
            images.copy(
                guessing,
                "qcow2",
                folder.resolve("copy.qcow2"),
                0,
                CopyWatch.unheard(StopSignal.NEVER)));
  }

  @Test
  void no_qemu_begins_to_write_an_image_while_it_is_replaced() throws IOException {
    Path image = folder.resolve("image.qcow2");
    Path by = folder.resolve("by.qcow2");
    images.overlay(image, base, "qcow2", 0, StopSignal.NEVER);
    images.copy(image, "qcow2", by, 0, CopyWatch.unheard(StopSignal.NEVER));
    List<String> seen = new ArrayList<>();
    images.replace(
        image,
        by,
        () -> {
          String write = "write 0 64k";
          boolean old = Files.exists(by);
          boolean written =
              new ProcessRunner()
                  .run(
                      ToolCall.of("writer", Duration.ofSeconds(30), "qemu-io")
                          .args("-f", "qcow2", "-c", write, image.toString()),
                      StopSignal.NEVER)
                  .succeeded();
          seen.add((old ? "old" : "new") + (written ? " written" : " locked"));
        });
    assertThat(seen)
        .as("the path leads to an image of its own then")
        .containsExactly("old locked", "new written");
    assertThat(by).doesNotExist();
    assertThat(images.inspect(image, "qcow2", StopSignal.NEVER).backingFile()).isNull();
    tool("qemu-io", "-f", "qcow2", "-c", "write 0 64k", image.toString());
  }

  @Test
  void image_that_a_running_qemu_has_open_is_not_replaced_and_is_in_use() throws Exception {
    Path overlay = folder.resolve("overlay.qcow2");
    Path by = folder.resolve("by.qcow2");
    images.overlay(overlay, base, "qcow2", 0, StopSignal.NEVER);
    images.copy(overlay, "qcow2", by, 0, CopyWatch.unheard(StopSignal.NEVER));
    assertThat(images.inUse(base)).isFalse();
    Process qemu =
        new ProcessBuilder("qemu-io", "-f", "qcow2", overlay.toString())
            .redirectErrorStream(true)
            .start();
    try {
      qemu.getOutputStream().write("write 0 64k\n".getBytes(UTF_8));
      qemu.getOutputStream().flush();
      assertThat(qemu.inputReader().readLine()).contains("wrote");
      assertFails(FailureCode.IN_USE, () -> images.replace(overlay, by, () -> {}));
      assertThat(by).exists();
      assertThat(images.inUse(overlay)).isTrue();
      assertThat(images.inUse(base)).as("it lies below the one that is written").isTrue();
    } finally {
      qemu.destroy();
      qemu.waitFor();
    }
    assertThat(images.inUse(base)).isFalse();
  }

  @Test
  void image_that_a_running_qemu_writes_is_not_copied() throws Exception {
    Process qemu =
        new ProcessBuilder("qemu-io", "-f", "qcow2", base.toString())
            .redirectErrorStream(true)
            .start();
    try {
      qemu.getOutputStream().write("write 0 64k\n".getBytes(UTF_8));
      qemu.getOutputStream().flush();
      assertThat(qemu.inputReader().readLine()).contains("wrote");

      assertFails(
          FailureCode.IN_USE,
          () ->
              images.copy(
                  base,
                  "qcow2",
                  folder.resolve("copy.qcow2"),
                  0,
                  CopyWatch.unheard(StopSignal.NEVER)));
      assertThat(images.inspect(base, "qcow2", StopSignal.NEVER).virtualSizeBytes())
          .isEqualTo(4 * MIB);
    } finally {
      qemu.destroy();
      qemu.waitFor();
    }
  }

  @Test
  void seed_is_an_iso_labelled_cidata_that_holds_the_files() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("meta-data", "instance-id: i-1\n");
    files.put("user-data", "#cloud-config\n");
    files.put("network-config", "");
    files.put("vendor-data", "#é 日本\n".repeat(3_000));
    Path seed = folder.resolve("seed.iso");
    images.seed(seed, files, StopSignal.NEVER);

    try (var iso = new RandomAccessFile(seed.toFile(), "r")) {
      byte[] label = new byte[32];
      iso.seek(32808);
      iso.readFully(label);
      assertThat(new String(label, UTF_8).strip()).isEqualTo("CIDATA");
    }
    for (var file : files.entrySet()) {
      assertThat(readBack(seed, "-R", file.getKey())).isEqualTo(file.getValue());
      assertThat(readBack(seed, "-J", file.getKey() + ";1")).isEqualTo(file.getValue());
    }
    assertThat(tool("blkid", "-o", "value", "-s", "LABEL", seed.toString()).output().strip())
        .isEqualTo("CIDATA");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(seed)))
        .isEqualTo("rw-r-----");
    assertThat(filesIn(folder)).containsExactlyInAnyOrder("base.raw", "base.qcow2", "seed.iso");
  }

  @Test
  void seed_file_names_cannot_leave_the_image() {
    assertFails(
        FailureCode.INTERNAL,
        () -> images.seed(folder.resolve("s.iso"), Map.of("../escaped", "x"), StopSignal.NEVER));
    assertThat(filesIn(folder)).containsExactlyInAnyOrder("base.raw", "base.qcow2");
  }

  @Test
  void duplicate_of_a_sealed_file_is_writable_again() throws IOException {
    tool("chmod", "0440", base.toString());
    Path copy = folder.resolve("nvram.fd");
    images.duplicate(base, copy);
    assertThat(Files.mismatch(base, copy)).isEqualTo(-1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .startsWith("rw-");
    Path full = folder.resolve("full.qcow2");
    images.copy(base, "qcow2", full, 0, CopyWatch.unheard(StopSignal.NEVER));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(full)))
        .startsWith("rw-");
  }

  @Test
  void digest_is_the_files_sha256_and_can_be_stopped() throws IOException {
    String expected = tool("sha256sum", base.toString()).output().split(" ", 2)[0];
    assertThat(images.digest(base, StopSignal.NEVER)).isEqualTo(expected);
    assertThatThrownBy(
            () ->
                images.digest(
                    base,
                    () -> {
                      throw new IllegalStateException("cancelled");
                    }))
        .hasMessage("cancelled");
  }

  @Test
  void removal_follows_no_link() throws IOException {
    Path kept = Files.createDirectory(folder.resolve("kept"));
    Files.writeString(kept.resolve("file"), "kept");
    Path doomed = Files.createDirectories(folder.resolve("doomed/deep"));
    Files.createSymbolicLink(doomed.resolve("link"), kept);
    images.remove(folder.resolve("doomed"));
    assertThat(folder.resolve("doomed")).doesNotExist();
    assertThat(kept.resolve("file")).exists();

    Path link = Files.createSymbolicLink(folder.resolve("link"), kept);
    images.remove(link);
    assertThat(link).doesNotExist();
    assertThat(kept.resolve("file")).exists();
    images.remove(folder.resolve("never-there"));
  }

  @Test
  void full_disk_is_told_with_numbers_and_leaves_nothing() throws IOException {
    Path small = Files.createDirectory(folder.resolve("small"));
    tool("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", small.toString());
    try {
      Path byCopy = small.resolve("c/disk.qcow2");
      assertFails(
              FailureCode.NO_SPACE,
              () -> images.copy(base, "qcow2", byCopy, 0, CopyWatch.unheard(StopSignal.NEVER)))
          .hasMessageContaining(" are free");
      Path raw = folder.resolve("base.raw");
      Path byConversion = small.resolve("c/converted.qcow2");
      assertFails(
          FailureCode.NO_SPACE,
          () -> images.copy(raw, "raw", byConversion, 0, CopyWatch.unheard(StopSignal.NEVER)));
      assertFails(FailureCode.NO_SPACE, () -> images.duplicate(base, small.resolve("c/nvram.fd")));
      assertFails(
          FailureCode.NO_SPACE,
          () ->
              images.seed(
                  small.resolve("c/seed.iso"),
                  Map.of("user-data", "x".repeat((int) (3 * MIB))),
                  StopSignal.NEVER));
      assertThat(filesIn(small.resolve("c"))).isEmpty();
      assertThat(images.free(small.resolve("not/there/yet")).bytes()).isBetween(MIB, 2 * MIB);
    } finally {
      tool("umount", small.toString());
    }
  }

  @Test
  void stopped_copy_leaves_its_part_for_the_next_owner() {
    Path target = folder.resolve("disk.qcow2");
    int[] asked = new int[1];
    StopSignal afterTheTool =
        () -> {
          // The last question of all comes when the part is whole, before it is renamed.
          if (Files.exists(folder.resolve("disk.qcow2.part")) && ++asked[0] > 0) {
            throw new IllegalStateException("lease lost");
          }
        };
    assertThatThrownBy(() -> images.copy(base, "qcow2", target, 0, CopyWatch.unheard(afterTheTool)))
        .hasMessage("lease lost");
    assertThat(filesIn(folder)).contains("disk.qcow2.part").doesNotContain("disk.qcow2");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertFails(
      FailureCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.code()).isEqualTo(code));
  }

  /** What tools before QEMU 6.1 wrote: no format extension in the header. */
  private static void forgetBackingFormat(Path image) throws IOException {
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      byte[] header = new byte[512];
      file.readFully(header);
      for (int i = 100; i < 500; i += 4) {
        if (Arrays.equals(
            header, i, i + 4, new byte[] {(byte) 0xe2, 0x79, 0x2a, (byte) 0xca}, 0, 4)) {
          file.seek(i);
          file.writeInt(0x12345678);
        }
      }
    }
  }

  private static List<String> filesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What a reader of another make finds, by the names of this extension ({@code -R}, -J). */
  private static String readBack(Path image, String extension, String name) {
    return tool("isoinfo", extension, "-i", image.toString(), "-x", "/" + name).output();
  }

  private static ToolResult tool(String program, String... args) {
    ToolCall call = ToolCall.of(program, Duration.ofSeconds(60), program).args(args);
    return new ProcessRunner().succeed(call, FailureCode.TOOL_FAILED, StopSignal.NEVER);
  }
}
