package id.cetak.hypervisor.tools;

import static id.cetak.hypervisor.tools.ImageLab.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.ForeignImages;
import id.cetak.hypervisor.StopSignal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images made to do harm. What they refer to is a pipe without a writer: whoever opened it would
 * wait for ever, so a test that ends in time proves that nobody did.
 */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
@SuppressWarnings("NullAway.Init")
@Timeout(120)
class HostileImagesIT {
  private static final String IMAGE = "image.qcow2";

  @TempDir Path folder;
  private Path inbox;
  private Path trap;
  private Path copy;
  private ForeignImages foreign;

  @BeforeEach
  void makeFolders() throws IOException {
    inbox = Files.createDirectory(folder.resolve("import"));
    copy = folder.resolve("work/image");
    trap = folder.resolve("trap");
    tool("mkfifo", trap.toString());
    foreign = tools(Map.of());
  }

  private ForeignImages tools(Map<String, String> settings) {
    return new ForeignImageTools(ToolsConfig.in(folder, settings), new ProcessRunner());
  }

  @Test
  void a_sound_image_of_each_kind_becomes_a_new_qcow2_with_the_same_content() throws IOException {
    Path disk = disk("disk.raw");
    tool("qemu-img", "convert", "-O", "qcow2", disk.toString(), path("plain.qcow2"));
    tool("qemu-img", "convert", "-c", "-O", "qcow2", disk.toString(), path("small.qcow2"));
    tool(
        "qemu-img",
        "convert",
        "-O",
        "qcow2",
        "-o",
        "compat=0.10",
        disk.toString(),
        path("old.img"));
    for (String name : new String[] {"disk.raw", "plain.qcow2", "small.qcow2", "old.img"}) {
      Path fetched = folder.resolve("work").resolve(name);
      Path target = folder.resolve("sealed").resolve(name);
      ForeignImages.Kind kind = foreign.look(name);
      String before = FileDigest.of(inbox.resolve(name), StopSignal.NEVER);
      assertThat(foreign.fetch(name, fetched, quiet())).isEqualTo(before);
      assertThat(foreign.examine(name, fetched, StopSignal.NEVER)).isEqualTo(kind);
      foreign.rewrite(name, fetched, kind, target, quiet());
      assertThat(Qcow2Header.read(target).plain()).isTrue();
      assertThat(kind.virtualSizeBytes()).isEqualTo(4 * ImageLab.MIB);
      tool("qemu-img", "compare", "-f", "raw", "-F", "qcow2", disk.toString(), target.toString());
      assertThat(FileDigest.of(inbox.resolve(name), StopSignal.NEVER)).isEqualTo(before);
    }
  }

  @Test
  void a_backing_file_is_refused_unopened() throws IOException {
    for (Path backing : new Path[] {Path.of("/etc/shadow"), trap}) {
      Files.deleteIfExists(inbox.resolve(IMAGE));
      create("-u", "-F", "raw", "-b", backing.toString(), path(IMAGE), "8M");
      refused("it has a backing file, which could be any file of this host");
    }
  }

  @Test
  void a_data_file_is_refused_unopened() throws IOException {
    Path data = folder.resolve("data.raw");
    create("-o", "data_file=" + data, path(IMAGE), "8M");
    Files.delete(data);
    tool("mkfifo", data.toString());
    refused("its data lie in another file");
    // Without the feature's bit, QEMU would read past the name that stands there.
    patch(79, 0);
    refused("it names a data file");
  }

  @Test
  void sizes_beyond_the_limit_are_refused() throws IOException {
    create(path(IMAGE), "8M");
    patch(24, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0);
    refused("its disk has 4611686018427387392 bytes, and 1 to 274877906944 are allowed");
    patch(24, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0);
    refused("its disk has 18446744073709551104 bytes");
    patch(24, 0, 0, 0, 0, 0, 0, 0, 0);
    refused("its disk has 0 bytes");
    foreign = tools(Map.of("cetak.import.max-file-bytes", "100000"));
    refused("more than the 100000 that are allowed");
  }

  @Test
  void tables_larger_than_the_disk_needs_are_refused() throws IOException {
    create(path(IMAGE), "8M");
    patch(36, 0, 0x40, 0, 0);
    refused("its L1 table has 4194304 entries where its disk needs 1");
    patch(36, 0, 0, 0, 0);
    refused("its L1 table is too small for its disk");
    patch(36, 0, 0, 0, 1);
    patch(56, 0, 1, 0, 0);
    refused("its refcount table has 65536 clusters");
  }

  @Test
  void what_an_image_alone_does_not_have_is_refused() throws IOException {
    create(path(IMAGE), "8M");
    tool("qemu-img", "snapshot", "-c", "before", path(IMAGE));
    refused("it has 1 internal snapshots");
    create(path(IMAGE), "8M");
    patch(35, 1);
    refused("it is encrypted");
    create(path(IMAGE), "8M");
    patch(79, 1);
    refused("it was not closed properly");
    patch(79, 2);
    refused("it is marked as corrupt");
    patch(79, 0);
    patch(76, 1);
    refused("it uses a feature that is not known here");
    patch(76, 0);
    patch(7, 1);
    refused("it is qcow version 1");
  }

  @Test
  void another_format_is_refused_by_its_name_whatever_the_files_name_says() throws IOException {
    Map<String, String> formats =
        Map.of(
            "vmdk",
            "a VMDK image",
            "vdi",
            "a VDI image",
            "vhdx",
            "a VHDX image",
            "qed",
            "a QED image",
            "vpc",
            "a VHD image");
    for (Map.Entry<String, String> format : formats.entrySet()) {
      Files.deleteIfExists(inbox.resolve(IMAGE));
      tool("qemu-img", "create", "-q", "-f", format.getKey(), path(IMAGE), "8M");
      refused("it is " + format.getValue());
    }
    Files.delete(inbox.resolve(IMAGE));
    tool("qemu-img", "create", "-q", "-f", "vpc", "-o", "subformat=fixed", path(IMAGE), "8M");
    refused("it is a VHD image");
    // A description is text, and names the file to read.
    Files.writeString(
        inbox.resolve(IMAGE), "# Disk DescriptorFile\nversion=1\nRW 1 FLAT \"" + trap + "\" 0\n");
    refused("a VMDK description, which names other files");
    Files.writeString(inbox.resolve(IMAGE), "root:x:0:0:root:/root:/bin/sh\n");
    refused("neither qcow2 nor a raw disk with a partition table");
    Files.write(inbox.resolve(IMAGE), new byte[0]);
    refused("neither qcow2 nor a raw disk");
    disk(IMAGE);
    tool("gzip", path(IMAGE));
    Files.move(inbox.resolve(IMAGE + ".gz"), inbox.resolve(IMAGE));
    refused("it is compressed by gzip");
  }

  @Test
  void what_is_no_regular_file_is_refused_unopened() throws IOException {
    refused("there is no such file");
    Files.createSymbolicLink(inbox.resolve(IMAGE), Path.of("/etc/shadow"));
    refused("it is a symbolic link");
    Files.delete(inbox.resolve(IMAGE));
    tool("mkfifo", path(IMAGE));
    refused("it is a pipe");
    Files.delete(inbox.resolve(IMAGE));
    Files.createDirectory(inbox.resolve(IMAGE));
    refused("it is a folder");
    Files.delete(inbox.resolve(IMAGE));
    disk("other.raw");
    Files.createLink(inbox.resolve(IMAGE), inbox.resolve("other.raw"));
    refused("it has 2 names (hard links)");
  }

  @Test
  void a_file_that_is_cut_off_is_refused() throws IOException {
    Path image = ImageLab.flat(inbox.resolve(IMAGE), 4);
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(2 * ImageLab.MIB);
      foreign.fetch(IMAGE, copy, quiet());
      unfit(
          "its tables contradict each other", () -> foreign.examine(IMAGE, copy, StopSignal.NEVER));
      Files.delete(copy);
      file.setLength(1000);
      refused("may be cut off");
      file.setLength(60);
      refused("its header is cut off");
    }
  }

  @Test
  void a_file_that_changes_while_it_is_copied_is_refused() throws IOException {
    disk(IMAGE);
    CopyWatch writer =
        meanwhile(
            () -> Files.write(inbox.resolve(IMAGE), new byte[512], StandardOpenOption.APPEND));
    unfit("it was changed while it was copied", () -> foreign.fetch(IMAGE, copy, writer));
    nothingIsLeft();
  }

  @Test
  void a_file_that_is_swapped_after_the_first_look_is_judged_again() throws IOException {
    Path good = ImageLab.flat(folder.resolve("good.qcow2"), 1);
    Files.copy(good, inbox.resolve(IMAGE));
    foreign.look(IMAGE);
    Path bad = folder.resolve("bad.qcow2");
    create("-u", "-F", "raw", "-b", trap.toString(), bad.toString(), "1M");
    Files.move(bad, inbox.resolve(IMAGE), StandardCopyOption.REPLACE_EXISTING);
    foreign.fetch(IMAGE, copy, quiet());
    unfit("it has a backing file", () -> foreign.examine(IMAGE, copy, StopSignal.NEVER));
  }

  @Test
  void the_tool_runs_under_the_kernels_limits() throws IOException {
    Path tell = folder.resolve("tell");
    Files.writeString(
        tell, "#!/bin/sh\necho limits $(ulimit -v) $(ulimit -f) $(ulimit -c) >&2\nexit 1\n");
    tool("chmod", "755", tell.toString());
    foreign = tools(Map.of("cetak.tools.qemu-img", tell.toString()));
    ImageLab.flat(inbox.resolve(IMAGE), 1);
    foreign.fetch(IMAGE, copy, quiet());
    unfit("limits 2097152 0 0", () -> foreign.examine(IMAGE, copy, StopSignal.NEVER));
  }

  /** By the first look, and by the look at a copy, when a copy can be had at all. */
  private void refused(String why) throws IOException {
    unfit(why, () -> foreign.look(IMAGE));
    boolean copied = false;
    try {
      foreign.fetch(IMAGE, copy, quiet());
      copied = true;
    } catch (Failure e) {
      assertThat(e.code()).isEqualTo(FailureCode.IMAGE_UNFIT);
      assertThat(e.reason()).contains(why);
    }
    if (copied) {
      unfit(why, () -> foreign.examine(IMAGE, copy, StopSignal.NEVER));
      Files.delete(copy);
    }
    nothingIsLeft();
  }

  private void nothingIsLeft() throws IOException {
    Path work = folder.resolve("work");
    if (Files.exists(work)) {
      try (Stream<Path> left = Files.list(work)) {
        assertThat(left).isEmpty();
      }
    }
  }

  private static void unfit(
      String why, org.assertj.core.api.ThrowableAssert.ThrowingCallable deed) {
    assertThatThrownBy(deed)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(FailureCode.IMAGE_UNFIT);
              assertThat(failure.reason()).startsWith("Image '").contains(why).endsWith(".");
            });
  }

  /** A disk of 4 MiB with a partition table and something on it. */
  private Path disk(String name) throws IOException {
    Path disk = inbox.resolve(name);
    byte[] start = new byte[1 << 20];
    start[510] = 0x55;
    start[511] = (byte) 0xaa;
    start[5000] = 7;
    Files.write(disk, start);
    tool("truncate", "-s", "4M", disk.toString());
    return disk;
  }

  private void create(String... args) {
    String[] all = new String[args.length + 4];
    System.arraycopy(new String[] {"create", "-q", "-f", "qcow2"}, 0, all, 0, 4);
    System.arraycopy(args, 0, all, 4, args.length);
    tool("qemu-img", all);
  }

  private void patch(long at, int... bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path(IMAGE), "rw")) {
      file.seek(at);
      for (int value : bytes) {
        file.write(value);
      }
    }
  }

  private String path(String name) {
    return inbox.resolve(name).toString();
  }

  private static CopyWatch quiet() {
    return CopyWatch.unheard(StopSignal.NEVER);
  }

  /** What another process does. */
  private interface Deed {
    void done() throws IOException;
  }

  /** Does it when the first bytes have been copied. */
  private static CopyWatch meanwhile(Deed deed) {
    return new CopyWatch() {
      private boolean done;

      @Override
      public void copied(long copiedBytes, long totalBytes) {
        if (!done) {
          done = true;
          try {
            deed.done();
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        }
      }

      @Override
      public void check() {}
    };
  }
}
