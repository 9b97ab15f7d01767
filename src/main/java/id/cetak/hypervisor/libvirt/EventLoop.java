package id.cetak.hypervisor.libvirt;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jboss.logging.Logger;
import org.libvirt.Connect;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;

/**
 * libvirt's event loop: one thread for the life of the process, begun before the first connection
 * is opened. Without it there are neither events nor keepalive.
 */
final class EventLoop {
  private static final Logger LOG = Logger.getLogger(EventLoop.class);

  /** libvirt prints every error on stderr unless this is set; the binding keeps no reference. */
  private static final Libvirt.VirErrorCallback QUIET = (data, error) -> {};

  private static final Duration PAUSE_AFTER_ERROR = Duration.ofSeconds(1);

  private static boolean running;

  private EventLoop() {}

  /** Begins the loop when it does not run yet. */
  static synchronized void ensureRunning() throws LibvirtException {
    if (running) {
      return;
    }
    // libvirt speaks UTF-8 whatever the worker's locale is; the binding encodes by this property.
    System.setProperty("jna.encoding", "UTF-8");
    Library.initEventLoop();
    Connect.setErrorCallback(QUIET);
    Thread thread = new Thread(EventLoop::run, "libvirt-event-loop");
    thread.setDaemon(true);
    thread.start();
    running = true;
  }

  private static void run() {
    while (true) {
      try {
        Library.processEvent();
      } catch (LibvirtException | RuntimeException e) {
        LOG.error("The libvirt event loop failed and goes on", e);
        LockSupport.parkNanos(PAUSE_AFTER_ERROR.toNanos());
      }
    }
  }
}
