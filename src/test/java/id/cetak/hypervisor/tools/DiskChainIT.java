package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.GuestDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Chains as qemu-img makes them, and as nobody should. */
@EnabledIf("hasQemuImg")
@SuppressWarnings("NullAway.Init")
class DiskChainIT {
  @TempDir Path folder;

  static boolean hasQemuImg() {
    return ImageLab.has("qemu-img").getAsBoolean();
  }

  @Test
  void overlay_to_which_nothing_was_written_has_the_content_of_what_it_lies_on() {
    Path base = base();
    Path middle = overlay("middle", base, "qcow2");
    Path top = overlay("top", middle, "qcow2");
    DiskChain chain = DiskChain.of(new GuestDisk(top, "qcow2"));
    assertThat(chain.fault()).isNull();
    assertThat(chain.bases()).containsExactly(middle.toString(), base.toString());
    assertThat(chain.content()).isEqualTo(new GuestDisk(base, "qcow2"));

    ImageLab.tool("qemu-io", "-f", "qcow2", "-c", "write -P 1 0 512", middle.toString());
    assertThat(DiskChain.of(new GuestDisk(top, "qcow2")).content().image()).isEqualTo(middle);

    ImageLab.tool("qemu-io", "-f", "qcow2", "-c", "write -P 1 1M 512", top.toString());
    assertThat(DiskChain.of(new GuestDisk(top, "qcow2")).content().image()).isEqualTo(top);
  }

  @Test
  void image_that_must_not_be_opened_says_why() throws Exception {
    Path fifo = folder.resolve("fifo");
    ImageLab.tool("mkfifo", fifo.toString());
    assertThat(DiskChain.of(new GuestDisk(fifo, "qcow2")).fault()).contains("no regular file");
    assertThat(DiskChain.of(new GuestDisk(folder.resolve("gone"), "raw")).fault())
        .contains("is missing");
    assertThat(DiskChain.of(new GuestDisk(base(), "vmdk")).fault()).contains("format vmdk");

    Path loop = folder.resolve("loop.qcow2");
    Path other = overlay("other", base(), "qcow2");
    Files.copy(other, loop);
    ImageLab.tool(
        "qemu-img",
        "rebase",
        "-u",
        "-f",
        "qcow2",
        "-F",
        "qcow2",
        "-b",
        "loop.qcow2",
        loop.toString());
    assertThat(DiskChain.of(new GuestDisk(loop, "qcow2")).fault()).contains("more than 32");

    Path text = folder.resolve("text.qcow2");
    Files.writeString(text, "not an image");
    assertThat(DiskChain.of(new GuestDisk(text, "qcow2")).fault()).contains("no sound qcow2");
  }

  private Path base() {
    Path base = folder.resolve("base.qcow2");
    ImageLab.tool("qemu-img", "create", "-q", "-f", "qcow2", base.toString(), "16M");
    ImageLab.tool("qemu-io", "-f", "qcow2", "-c", "write -P 9 0 512", base.toString());
    return base;
  }

  private Path overlay(String name, Path backing, String format) {
    Path overlay = folder.resolve(name + ".qcow2");
    ImageLab.tool(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-F",
        format,
        "-b",
        backing.toString(),
        overlay.toString());
    return overlay;
  }
}
