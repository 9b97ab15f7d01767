package id.cetak.hypervisor.tools;

import static id.cetak.hypervisor.tools.ImageLab.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.StopSignal;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The header as it is read in the process, against the words of qemu-img. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
@SuppressWarnings("NullAway.Init")
@Timeout(300)
class Qcow2HeaderIT {
  @TempDir Path folder;
  private final QemuImg qemuImg =
      new QemuImg("qemu-img", Duration.ofMinutes(1), new ProcessRunner());
  private ImageTools images;
  private Path base;

  @BeforeEach
  void makeBaseImage() throws IOException {
    images = ImageLab.images(folder);
    base = ImageLab.flat(folder.resolve("base.qcow2"), 2);
  }

  @Test
  void images_of_every_kind_are_what_qemu_img_says() throws IOException {
    create("overlay.qcow2", "-F", "qcow2", "-b", base.toString());
    create("relative.qcow2", "-F", "qcow2", "-b", "base.qcow2");
    create("grown.qcow2", "-F", "qcow2", "-b", base.toString(), "64M");
    create("odd.qcow2", "1000001");
    create("empty.qcow2", "0");
    create("large.qcow2", "20G");
    create("old.qcow2", "-o", "compat=0.10", "-F", "qcow2", "-b", base.toString());
    create("small-clusters.qcow2", "-o", "cluster_size=512", "8M");
    create("large-clusters.qcow2", "-o", "cluster_size=2M", "-F", "qcow2", "-b", base.toString());
    create("extended.qcow2", "-o", "extended_l2=on,cluster_size=128k", "8M");
    create("zstd.qcow2", "-o", "compression_type=zstd", "8M");
    create("prealloc.qcow2", "-o", "preallocation=metadata", "8M");
    create("lazy.qcow2", "-o", "lazy_refcounts=on,refcount_bits=1", "8M");
    create("apart.qcow2", "-o", "data_file=" + folder.resolve("apart.raw"), "8M");
    String longest = "x".repeat(200) + "/";
    Path deep = Files.createDirectories(folder.resolve(longest + longest));
    Files.copy(base, deep.resolve("b.qcow2"));
    create("long-name.qcow2", "-F", "qcow2", "-b", deep.resolve("b.qcow2").toString());
    Path snapshots = Files.copy(base, folder.resolve("snapshots.qcow2"));
    tool("qemu-img", "snapshot", "-c", "one", snapshots.toString());
    tool("qemu-img", "snapshot", "-c", "two", snapshots.toString());

    List<Path> all;
    try (var files = Files.newDirectoryStream(folder, "*.qcow2")) {
      all = java.util.stream.StreamSupport.stream(files.spliterator(), false).toList();
    }
    assertThat(all).hasSize(17);
    for (Path image : all) {
      ImageReport said = qemuImg.info(image, "qcow2", StopSignal.NEVER);
      assertThat(images.inspect(image, "qcow2", StopSignal.NEVER))
          .as("%s", image)
          .isEqualTo(said.facts());
      assertThat(Qcow2Header.read(image).plain()).as("%s", image).isEqualTo(said.plain());
    }
  }

  @Test
  void malformed_headers_are_refused_as_qemu_img_refuses_them() throws IOException {
    refused("magic", file -> write(file, 0, 0x514649fc));
    refused("version", file -> write(file, 4, 4));
    refused("tiny clusters", file -> write(file, 20, 8));
    refused("huge clusters", file -> write(file, 20, 22));
    refused("name beyond the limit", file -> name(file, 200, 1024));
    refused("name of negative length", file -> name(file, 200, -1));
    refused("name outside of the first cluster", file -> name(file, 70_000, 10));
    refused("name that ends outside", file -> name(file, 65_530, 10));
    refused("unknown feature", file -> write(file, 72, 0x40000000));
    refused("short header", file -> write(file, 100, 96));
    refused("header beyond its cluster", file -> write(file, 100, 70_000));
    refused("endless extension", file -> extension(file, 0x12345678, Integer.MAX_VALUE));
    refused("extension of negative length", file -> extension(file, 0x12345678, -8));
    refused("format that is too long", file -> extension(file, 0xe2792aca, 16));
    refused("huge L1 table", file -> write(file, 36, Integer.MAX_VALUE));
    refused("L1 table at an odd place", file -> write(file, 44, 12345));
    refused("many snapshots", file -> write(file, 60, 65_537));
    refused("cut off in the header", file -> file.setLength(50));
    refused("empty", file -> file.setLength(0));
  }

  @Test
  void a_header_of_chance_is_refused_or_read_but_nothing_else() throws IOException {
    var random = new Random(11);
    for (int n = 0; n < 2_000; n++) {
      Path image = folder.resolve("chance.qcow2");
      Files.copy(base, image, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      try (var file = new RandomAccessFile(image.toFile(), "rw")) {
        for (int change = random.nextInt(4); change >= 0; change--) {
          file.seek(random.nextInt(4, 600));
          file.writeByte(random.nextInt(256));
        }
      }
      try {
        assertThat(Qcow2Header.read(image).virtualSizeBytes()).isNotNegative();
      } catch (Failure refusal) {
        assertThat(refusal.code()).isEqualTo(FailureCode.HYPERVISOR_REFUSED);
      }
    }
  }

  @Test
  void a_file_that_is_not_there_is_told_by_name() {
    assertThatThrownBy(
            () -> images.inspect(folder.resolve("none.qcow2"), "qcow2", StopSignal.NEVER))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("none.qcow2");
  }

  private interface Change {
    void to(RandomAccessFile file) throws IOException;
  }

  private void refused(String what, Change change) throws IOException {
    Path image = folder.resolve("malformed.qcow2");
    Files.copy(base, image, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      change.to(file);
    }
    assertThatThrownBy(() -> qemuImg.info(image, "qcow2", StopSignal.NEVER))
        .as("qemu-img: " + what)
        .isInstanceOf(Failure.class);
    assertThatThrownBy(() -> images.inspect(image, "qcow2", StopSignal.NEVER))
        .as(what)
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> assertThat(failure.code()).isEqualTo(FailureCode.HYPERVISOR_REFUSED));
  }

  private static void write(RandomAccessFile file, int at, int value) throws IOException {
    file.seek(at);
    file.writeInt(value);
  }

  private static void name(RandomAccessFile file, long at, int length) throws IOException {
    file.seek(8);
    file.writeLong(at);
    file.writeInt(length);
  }

  private static void extension(RandomAccessFile file, int type, int length) throws IOException {
    file.seek(100);
    int at = file.readInt();
    write(file, at, type);
    write(file, at + 4, length);
  }

  private void create(String name, String... options) {
    String[] all = new String[options.length + 5];
    List<String> start = List.of("create", "-q", "-f", "qcow2");
    for (int i = 0; i < start.size(); i++) {
      all[i] = start.get(i);
    }
    // The size, where there is one, stands after the name.
    boolean sized = options[options.length - 1].matches("[0-9]+[MG]?");
    int before = sized ? options.length - 1 : options.length;
    System.arraycopy(options, 0, all, 4, before);
    all[4 + before] = folder.resolve(name).toString();
    if (sized) {
      all[5 + before] = options[before];
    }
    tool("qemu-img", all);
  }
}
