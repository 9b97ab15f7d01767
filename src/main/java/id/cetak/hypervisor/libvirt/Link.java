package id.cetak.hypervisor.libvirt;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;
import org.libvirt.Connect;
import org.libvirt.Error;
import org.libvirt.LibvirtException;
import org.libvirt.event.LifecycleListener;
import org.libvirt.jna.ConnectionPointer;

/**
 * One open connection to libvirt. It never comes back to life: whoever finds it dead drops it and
 * opens another. A dropped link is closed by its last user, because closing it under a running
 * native call would crash the process.
 */
final class Link {
  private static final Logger LOG = Logger.getLogger(Link.class);

  /** Unanswered probes after which libvirt counts as dead. */
  private static final int KEEPALIVE_COUNT = 3;

  /**
   * The callbacks of closed connections: native code may still call one that it was about to call,
   * and a collected one would crash the process. Such a call comes within moments; these are years.
   */
  private static final Deque<Connection> RETIRED = new ArrayDeque<>();

  private static final int RETIRED_KEPT = 256;

  private final Connection connection;
  private final Shapes shapes = new Shapes();
  private final List<LifecycleListener> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean dead;
  private boolean dropped;
  private boolean closed;
  private int users;

  private Link(Connection connection) {
    this.connection = connection;
  }

  /**
   * @param keepalive how often an idle connection is probed
   * @param onDeath called once when the connection dies, on a thread of libvirt's: must return fast
   */
  static Link open(String uri, Duration keepalive, Runnable onDeath) throws LibvirtException {
    EventLoop.ensureRunning();
    Connection connection = new Connection(uri);
    Link link = new Link(connection);
    try {
      connection.registerCloseListener(
          (connect, reason) -> {
            LOG.infof("The connection to %s is closed: %s", uri, reason);
            link.dead = true;
            onDeath.run();
          });
      keepAlive(connection, keepalive);
      return link;
    } catch (LibvirtException e) {
      link.drop();
      throw e;
    }
  }

  Connect connect() {
    return connection;
  }

  ConnectionPointer pointer() {
    return connection.pointer();
  }

  /** What this link's libvirtd is known to accept; another one may have another schema. */
  Shapes shapes() {
    return shapes;
  }

  /**
   * Takes part in the link; each {@code true} is paid back with {@link #leave}.
   *
   * @return false when the link is dead or dropped
   */
  boolean enter() {
    synchronized (this) {
      if (dropped) {
        return false;
      }
      users++;
    }
    if (alive()) {
      return true;
    }
    drop();
    leave();
    return false;
  }

  void leave() {
    if (!alive()) {
      drop();
    }
    boolean last;
    synchronized (this) {
      users--;
      last = mustClose();
    }
    if (last) {
      close();
    }
  }

  /** Lets nobody enter any more; the link is closed when the last user has left. */
  void drop() {
    boolean last;
    synchronized (this) {
      dropped = true;
      last = mustClose();
    }
    if (last) {
      close();
    }
  }

  /**
   * Listens to every domain's life on this link until it is closed. Only for one who has entered.
   */
  void listen(LifecycleListener listener) throws LibvirtException {
    // The binding looks whether it listens to libvirt already, and begins to, in two steps: of two
    // callers at once libvirt would refuse the second.
    synchronized (listeners) {
      connection.addLifecycleListener(listener);
      listeners.add(listener);
    }
  }

  /** Only for one who has entered. A look at this process alone; libvirt is not asked. */
  private boolean alive() {
    try {
      return !dead && connection.isAlive();
    } catch (LibvirtException e) {
      return false;
    }
  }

  private boolean mustClose() {
    boolean now = dropped && users == 0 && !closed;
    closed |= now;
    return now;
  }

  private void close() {
    retire(connection);
    // On a dead link libvirt takes these off on this side, and then fails to tell the other side.
    listeners.forEach(listener -> quietly(() -> connection.removeLifecycleListener(listener)));
    quietly(connection::unregisterCloseListener);
    quietly(connection::close);
  }

  private static void keepAlive(Connect connection, Duration keepalive) throws LibvirtException {
    try {
      connection.setKeepAlive((int) Math.max(1, keepalive.toSeconds()), KEEPALIVE_COUNT);
    } catch (LibvirtException e) {
      // Drivers that live in this process have nothing to probe.
      if (e.getError().getCode() != Error.ErrorNumber.VIR_ERR_NO_SUPPORT) {
        throw e;
      }
    }
  }

  private static void retire(Connection connection) {
    synchronized (RETIRED) {
      RETIRED.addLast(connection);
      if (RETIRED.size() > RETIRED_KEPT) {
        RETIRED.removeFirst();
      }
    }
  }

  private static void quietly(Closing act) {
    try {
      act.run();
    } catch (LibvirtException e) {
      LOG.debug("A closing connection reported an error", e);
    }
  }

  private interface Closing {
    void run() throws LibvirtException;
  }

  /** Gives the native functions that the binding lacks its pointer. */
  private static final class Connection extends Connect {
    Connection(String uri) throws LibvirtException {
      super(uri, null, 0);
    }

    ConnectionPointer pointer() {
      return vcp;
    }
  }
}
