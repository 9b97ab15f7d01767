package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Root's own left-overs below the real {@code /tmp}. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
class LibguestfsSocketsIT {
  @Test
  void only_sockets_that_nobody_holds_are_removed() throws IOException {
    Path folder = Files.createDirectory(Path.of("/tmp/libguestfsCetak0"));
    try {
      try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        LibguestfsSockets.removeAbandoned();
        assertThat(folder).exists();

        socket.bind(UnixDomainSocketAddress.of(folder.resolve("guestfsd.sock")));
        LibguestfsSockets.removeAbandoned();
        assertThat(folder).exists();
      }
      LibguestfsSockets.removeAbandoned();
      assertThat(folder).doesNotExist();
    } finally {
      FolderRemoval.remove(folder);
    }
  }
}
