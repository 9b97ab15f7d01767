package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.failure.Failure;
import id.cetak.hypervisor.GuestDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Headers that qemu-img does not write; those that it does are {@code Qcow2HeaderIT}'s matter. */
@SuppressWarnings("NullAway.Init")
class Qcow2HeaderTest {
  @TempDir Path folder;

  @Test
  void backing_name_that_is_no_path_is_refused_and_not_an_error_of_ours() throws IOException {
    for (String name : new String[] {"a\0b", "/etc/\0", "nbd:\0"}) {
      Path image = image(name);
      assertThatThrownBy(() -> Qcow2Header.read(image).facts(image, 0))
          .isInstanceOf(Failure.class)
          .hasMessageContaining("its backing file's name is no path");
      assertThat(DiskChain.of(new GuestDisk(image, "qcow2")).fault()).contains("is no path");
    }
  }

  @Test
  void backing_name_goes_into_no_sentence_with_what_an_eye_cannot_see() throws IOException {
    Path image = image("/srv/\u001b[2J\n\u202ebild-ü.qcow2");
    assertThat(DiskChain.of(new GuestDisk(image, "qcow2")).fault())
        .isEqualTo("needs /srv/?[2J??bild-ü.qcow2, which is missing");
    Path below = folder.resolve("no\nimage");
    Files.writeString(below, "x");
    assertThat(DiskChain.of(new GuestDisk(image(below.toString()), "qcow2")).fault())
        .contains("no?image: no sound qcow2 image");
  }

  private Path image(String backing) throws IOException {
    return Files.write(folder.resolve("image.qcow2"), Qcow2Images.image(3, backing, "qcow2"));
  }
}
