package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class RunFoldersTest {
  @TempDir Path parent;

  @Test
  void folder_is_private_and_goes_with_its_run() throws IOException {
    var folders = new RunFolders(parent);
    try (var folder = folders.create()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
          .isEqualTo("rwx------");
      Files.writeString(folder.path().resolve("left"), "over");
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void folder_of_a_dead_worker_is_removed_and_that_of_a_living_run_stays() throws IOException {
    Path dead = Files.createDirectories(parent.resolve("dead/libguestfsAbCdEf"));
    Files.createFile(parent.resolve("dead.lock"));
    var folders = new RunFolders(parent);
    try (var living = folders.create();
        var second = folders.create()) {
      assertThat(dead.getParent()).doesNotExist();
      assertThat(parent.resolve("dead.lock")).doesNotExist();
      assertThat(living.path()).exists();
      assertThat(second.path()).exists().isNotEqualTo(living.path());
    }
    assertThat(parent).isEmptyDirectory();
  }

  @Test
  void lock_of_another_run_in_the_same_process_keeps_its_folder() throws IOException {
    Files.createDirectory(parent.resolve("theirs"));
    Path lockFile = parent.resolve("theirs.lock");
    try (FileChannel channel =
        FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      assertThat(channel.lock().isValid()).isTrue();
      try (var mine = new RunFolders(parent).create()) {
        assertThat(parent.resolve("theirs")).exists();
        assertThat(mine.path()).exists();
      }
    }
  }
}
