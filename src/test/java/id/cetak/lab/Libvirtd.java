package id.cetak.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The libvirtd of the lab, for tests to start, stop and kill. Only where {@code CETAK_TEST_LAB=1}
 * says that libvirt's directories are private and every process ends with the lab. Guests outlive
 * it, as they do in earnest.
 */
public final class Libvirtd {
  private static final Path PID_FILE = Path.of("/run/libvirt/libvirtd.pid");
  private static final Path SOCKET = Path.of("/run/libvirt/libvirt-sock");
  private static final Path LOG = Path.of("/var/log/libvirt/libvirtd.log");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Libvirtd() {}

  /** Starts libvirtd unless it runs, and waits until it takes connections. */
  public static void start() {
    requireLab();
    if (process().isEmpty()) {
      try {
        Files.deleteIfExists(SOCKET);
        new ProcessBuilder("libvirtd", "--pid-file", PID_FILE.toString())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(LOG.toFile()))
            .redirectErrorStream(true)
            .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    await("libvirtd").atMost(PATIENCE).until(() -> process().isPresent() && answers());
  }

  /** Asks libvirtd to end, and waits until it has. */
  public static void stop() {
    signal("TERM");
    awaitEnd();
  }

  /** Ends libvirtd in the middle of whatever it does. */
  public static void kill() {
    signal("KILL");
    awaitEnd();
  }

  /** Makes libvirtd hang; connections stay open. */
  public static void freeze() {
    signal("STOP");
  }

  public static void thaw() {
    signal("CONT");
  }

  /** Makes libvirtd read its hooks again, which it needs once after the first hook was put in. */
  public static void reload() {
    signal("HUP");
  }

  private static void awaitEnd() {
    await("end of libvirtd").atMost(PATIENCE).until(() -> process().isEmpty());
  }

  private static void signal(String signal) {
    requireLab();
    ProcessHandle process = process().orElseThrow();
    try {
      Process kill = new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid())).start();
      if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new IllegalStateException("kill -s " + signal + " " + process.pid() + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The libvirtd that wrote the pid file, when it lives: a number may be given out again. */
  private static Optional<ProcessHandle> process() {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(PID_FILE).strip()))
          .filter(ProcessHandle::isAlive)
          .filter(process -> process.info().command().orElse("").endsWith("/libvirtd"));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean answers() {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(SOCKET));
    } catch (IOException e) {
      return false;
    }
  }

  private static void requireLab() {
    if (!"1".equals(System.getenv("CETAK_TEST_LAB"))) {
      throw new IllegalStateException("libvirtd is only touched in the lab: run deploy/test");
    }
  }
}
