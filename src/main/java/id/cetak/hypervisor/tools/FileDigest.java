package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.StopSignal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/** The SHA-256 of a file, in lower-case hexadecimal. */
final class FileDigest {
  private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private FileDigest() {}

  static String of(Path file, StopSignal stop) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[1 << 20];
      stop.check();
      long asked = System.nanoTime();
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
        if (System.nanoTime() - asked > ASK_NANOS) {
          stop.check();
          asked = System.nanoTime();
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw ToolFailure.of("Digest of " + file, file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
