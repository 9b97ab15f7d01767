package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.ConsoleLog;
import id.cetak.hypervisor.SelfReport;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Console logs in the clones' folders: the end of each is read, and one kind of line understood.
 */
@ApplicationScoped
class ConsoleFiles implements ConsoleLog {
  /** A guest can write without end; what it said before that is not looked for. */
  private static final int MAX_BYTES = 1 << 20;

  @Override
  public Optional<SelfReport> read(Path log) {
    if (!Files.isRegularFile(log, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      List<String> lines = end(log).lines().toList();
      for (int n = lines.size() - 1; n >= 0; n--) {
        Optional<SelfReport> report = ReportLine.read(lines.get(n));
        if (report.isPresent()) {
          return report;
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw ToolFailure.of("Look into console log " + log, log, e);
    }
  }

  private static String end(Path log) throws IOException {
    try (FileChannel file =
        FileChannel.open(log, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      file.position(Math.max(0, file.size() - MAX_BYTES));
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.size(), MAX_BYTES));
      while (bytes.hasRemaining() && file.read(bytes) > 0) {
        // read on
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
    }
  }
}
