package id.cetak.hypervisor.tools;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * For root alone, libguestfs puts its socket below {@code /tmp} whatever {@code TMPDIR} says, and
 * leaves it there when it is ended. A socket file that the kernel knows no socket for is such a
 * left-over.
 */
final class LibguestfsSockets {
  private static final Path TMP = Path.of("/tmp");
  private static final Path KERNELS_LIST = Path.of("/proc/net/unix");

  private LibguestfsSockets() {}

  static void removeAbandoned() throws IOException {
    if (!isRoot()) {
      return;
    }
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(TMP, "libguestfs??????")) {
      for (Path folder : folders) {
        Path socket = folder.resolve("guestfsd.sock");
        // In this order: one that is bound in between was not there yet.
        if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)
            && isRoots(folder)
            && !bound().contains(socket.toString())) {
          FolderRemoval.remove(folder);
        }
      }
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static boolean isRoots(Path folder) throws IOException {
    return Integer.valueOf(0)
        .equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }

  private static Set<String> bound() throws IOException {
    try (var lines = Files.lines(KERNELS_LIST)) {
      return lines
          .map(line -> line.substring(line.lastIndexOf(' ') + 1))
          .collect(Collectors.toSet());
    }
  }
}
