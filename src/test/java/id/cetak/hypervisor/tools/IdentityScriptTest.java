package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The half of the script that a shell writes, run by a shell. */
@SuppressWarnings("NullAway.Init")
class IdentityScriptTest {
  @TempDir Path folder;

  @Test
  void disks_are_called_as_libguestfs_calls_them() {
    assertThat(List.of(0, 1, 25, 26, 27, 51, 52, 701, 702))
        .extracting(IdentityScript::device)
        .containsExactly(
            "/dev/sda",
            "/dev/sdb",
            "/dev/sdz",
            "/dev/sdaa",
            "/dev/sdab",
            "/dev/sdaz",
            "/dev/sdba",
            "/dev/sdzz",
            "/dev/sdaaa");
  }

  @Test
  void partitions_are_looked_at_and_those_disks_that_have_none() throws IOException {
    Files.writeString(folder.resolve("partitions"), "/dev/sda1\n/dev/sda2\n/dev/sdaa1\n");
    Files.writeString(folder.resolve("disks"), "/dev/sda\n/dev/sdb\n/dev/sdaa\n");
    assertThat(generated("look"))
        .containsExactly(
            "-blkid /dev/sda1", "-blkid /dev/sda2", "-blkid /dev/sdaa1", "-blkid /dev/sdb");
  }

  @Test
  void plain_file_systems_alone_are_mounted_beside_other_guests() throws IOException {
    int number = 0;
    for (String type : List.of("ext4", "swap", "LVM2_member", "btrfs", "xfs", "ext4; reboot")) {
      Files.writeString(folder.resolve(number + ".device"), "/dev/sd" + (char) ('a' + number));
      Files.writeString(folder.resolve(number + ".blkid"), "TYPE: " + type + "\nUUID: 1\n");
      number++;
    }
    assertThat(generated("take").stream().filter(line -> line.startsWith("-mount-ro")))
        .containsExactly("-mount-ro /dev/sda /", "-mount-ro /dev/sde /");
  }

  @Test
  void name_that_a_guest_gave_to_a_volume_is_no_command() throws IOException {
    Files.writeString(
        folder.resolve("filesystems"),
        """
        /dev/vg/root: ext4
        btrfsvol:/dev/sda1/@: btrfs
        /dev/vg/$(touch x): ext4
        /dev/vg/a b: ext4
        /dev/vg/`x`: ext4
        /dev/../etc: ext4
        ! touch x: ext4
        """);
    assertThat(generated("look"))
        .containsExactly("-blkid /dev/vg/root", "-blkid btrfsvol:/dev/sda1/@");
  }

  /** The commands, without what their outputs are piped to. */
  private List<String> generated(String phase) throws IOException {
    Path generator = folder.resolve("generator");
    Files.writeString(generator, IdentityScript.generator());
    ToolCall call =
        ToolCall.of("generator", Duration.ofSeconds(20), "sh")
            .args(generator.toString(), phase)
            .with(GuestReader.FOLDER, folder.toString());
    ToolResult result = new ProcessRunner().run(call, () -> {});
    assertThat(result.succeeded()).as(result.errors()).isTrue();
    return result.output().lines().map(line -> line.replaceFirst(" \\| head .*", "")).toList();
  }
}
