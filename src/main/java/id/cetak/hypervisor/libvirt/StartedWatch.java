package id.cetak.hypervisor.libvirt;

import id.cetak.failure.Failure;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.libvirt.DomainReader.Reading;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.LibvirtException;
import org.libvirt.event.DomainEvent;
import org.libvirt.event.DomainEventType;
import org.libvirt.event.LifecycleListener;

/**
 * Tells listeners of domains that were started or resumed, on a thread of its own: libvirt's event
 * thread must never wait for a call. Events are lost while there is no connection, so everything
 * that runs is told whenever there is a new one. What waits is a set of UUIDs: a storm of events
 * takes no more room than the domains that there are.
 */
final class StartedWatch {
  private static final Logger LOG = Logger.getLogger(StartedWatch.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final Connections connections;
  private final Duration check;
  private final List<Consumer<Domain>> listeners = new CopyOnWriteArrayList<>();

  /** One instance for all connections: the binding knows by it what is registered already. */
  private final LifecycleListener onEvent = this::onEvent;

  private final Set<UUID> waiting = new LinkedHashSet<>();
  private @Nullable Link watched;
  private @Nullable Thread thread;
  private boolean allWaiting;
  private boolean woken;
  private boolean closed;

  /**
   * @param check how often the connection is looked at when nothing else happens
   */
  StartedWatch(Connections connections, Duration check) {
    this.connections = connections;
    this.check = check;
    connections.onDeath(this::wake);
  }

  /**
   * A listener that comes late hears of everything that runs, too. One that throws is told of the
   * same domain again, as long as that is not off.
   */
  synchronized void add(Consumer<Domain> listener) {
    listeners.add(listener);
    allWaiting = true;
    if (thread == null) {
      thread = new Thread(this::run, "started-watch");
      thread.setDaemon(true);
      thread.start();
    }
    wake();
  }

  synchronized void close() {
    closed = true;
    wake();
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!isClosed()) {
      try {
        connections.look("Watch for started domains", this::listen);
        for (UUID uuid = next(); uuid != null; uuid = next()) {
          tell(uuid);
        }
        pause = FIRST_PAUSE;
        await(check, true);
      } catch (RuntimeException e) {
        report(e);
        await(pause, false);
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
      }
    }
  }

  private static void report(RuntimeException e) {
    if (e instanceof Failure failure) {
      LOG.warnf("Started domains are not all told of yet; tried again: %s", failure.reason());
    } else {
      LOG.error("A listener for started domains has a fault; it is told again", e);
    }
  }

  private Link listen(Link link) throws LibvirtException {
    if (link != watched) {
      link.listen(onEvent);
      watched = link;
      allWait();
    }
    if (takeAllWaiting()) {
      try {
        for (org.libvirt.Domain domain :
            link.connect().listAllDomains(NativeLibvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)) {
          add(domain);
        }
      } catch (LibvirtException e) {
        allWait();
        throw e;
      }
    }
    return link;
  }

  /** On libvirt's event thread, and only as long as the link is open. */
  private int onEvent(org.libvirt.Domain domain, DomainEvent event) {
    try {
      if (event.getType() == DomainEventType.STARTED
          || event.getType() == DomainEventType.RESUMED) {
        add(domain);
        wake();
      } else {
        domain.free();
      }
    } catch (LibvirtException e) {
      LOG.error("A started domain has no UUID; everything that runs is looked at", e);
      allWait();
      wake();
    }
    return 0;
  }

  private void tell(UUID uuid) {
    try {
      connections
          .look(
              "Look at started domain " + uuid,
              link ->
                  DomainReader.present(() -> link.connect().domainLookupByUUID(uuid), Reading.LIVE))
          .filter(domain -> domain.state() != PowerState.OFF)
          .ifPresent(domain -> listeners.forEach(listener -> listener.accept(domain)));
    } catch (RuntimeException e) {
      synchronized (this) {
        waiting.add(uuid);
      }
      throw e;
    }
  }

  private void add(org.libvirt.Domain domain) throws LibvirtException {
    try {
      UUID uuid = UUID.fromString(domain.getUUIDString());
      synchronized (this) {
        waiting.add(uuid);
      }
    } finally {
      domain.free();
    }
  }

  private synchronized @Nullable UUID next() {
    Iterator<UUID> first = waiting.iterator();
    if (closed || !first.hasNext()) {
      return null;
    }
    UUID uuid = first.next();
    first.remove();
    return uuid;
  }

  private synchronized void allWait() {
    allWaiting = true;
  }

  private synchronized boolean takeAllWaiting() {
    boolean all = allWaiting;
    allWaiting = false;
    return all;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void wake() {
    woken = true;
    notifyAll();
  }

  private synchronized void await(Duration longest, boolean wakeable) {
    long deadline = System.nanoTime() + longest.toNanos();
    try {
      for (long left = longest.toNanos(); left > 0; left = deadline - System.nanoTime()) {
        if (closed || (wakeable && woken)) {
          break;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      // Nobody but the end of the process interrupts this thread.
      closed = true;
    }
    woken = false;
  }
}
