package id.cetak.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MintedHostKeyTest {
  @Test
  void ssh_keygen_reads_the_private_file_and_finds_the_same_public_half(@TempDir Path folder)
      throws Exception {
    assumeThat(Path.of("/usr/bin/ssh-keygen")).exists();
    for (int n = 0; n < 10; n++) {
      MintedHostKey key = MintedHostKey.mint();
      Path file = folder.resolve("key" + n);
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, key.privateFile());
      assertThat(run("ssh-keygen", "-y", "-f", file.toString()))
          .isEqualTo(key.publicHalf().publicKey());
      Path publicFile = folder.resolve("key" + n + ".pub");
      Files.writeString(publicFile, key.publicHalf().publicKey() + "\n");
      assertThat(run("ssh-keygen", "-l", "-f", publicFile.toString()))
          .startsWith("256 " + key.publicHalf().fingerprint() + " ")
          .endsWith("(ED25519)");
    }
  }

  @Test
  void no_two_keys_are_the_same() {
    List<String> fingerprints =
        IntStream.range(0, 200)
            .mapToObj(n -> MintedHostKey.mint().publicHalf().fingerprint())
            .toList();
    assertThat(fingerprints).doesNotHaveDuplicates();
  }

  @Test
  void what_is_told_of_a_key_is_its_public_half() {
    MintedHostKey key = MintedHostKey.mint();
    assertThat("" + key.publicHalf()).startsWith("HostKey[").doesNotContain("PRIVATE");
    assertThat(key.publicHalf().eventData().toString()).doesNotContain("PRIVATE");
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
