package id.cetak.hypervisor.libvirt;

import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.libvirt.DomainReader.Reading;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** Started since they were last looked at. */
  private final Set<UUID> waiting = new LinkedHashSet<>();

  /** What a listener has thrown at, as it was looked at; the watch's thread alone uses it. */
  private final Map<UUID, Domain> untold = new LinkedHashMap<>();

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
   * same domain again, even when that has ended meanwhile.
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
      if (lookAround()) {
        pause = FIRST_PAUSE;
        await(check);
      } else {
        await(pause);
        pause = Collections.min(List.of(pause.multipliedBy(2), LONGEST_PAUSE));
      }
    }
  }

  /** Says whether everybody was told of everything. */
  private boolean lookAround() {
    try {
      untold.values().removeIf(this::tell);
      connections.look("Watch for started domains", this::listen);
      for (UUID uuid = next(); uuid != null; uuid = next()) {
        lookAt(uuid).filter(domain -> !tell(domain)).ifPresent(d -> untold.put(d.uuid(), d));
      }
    } catch (RuntimeException e) {
      LOG.warnf("Started domains are not seen until libvirt answers: %s", e.getMessage());
      return false;
    }
    return untold.isEmpty();
  }

  private Optional<Domain> lookAt(UUID uuid) {
    try {
      return connections
          .look(
              "Look at started domain " + uuid,
              link ->
                  DomainReader.present(() -> link.connect().domainLookupByUUID(uuid), Reading.LIVE))
          .filter(domain -> domain.state() != PowerState.OFF);
    } catch (RuntimeException e) {
      remember(uuid);
      throw e;
    }
  }

  private boolean tell(Domain domain) {
    try {
      listeners.forEach(listener -> listener.accept(domain));
      return true;
    } catch (RuntimeException | LinkageError e) {
      LOG.errorf(
          e, "A listener failed when told that '%s' started; it is told again", domain.name());
      return false;
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

  private void add(org.libvirt.Domain domain) throws LibvirtException {
    try {
      remember(UUID.fromString(domain.getUUIDString()));
    } finally {
      domain.free();
    }
  }

  private synchronized void remember(UUID uuid) {
    waiting.add(uuid);
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

  private synchronized void await(Duration longest) {
    long deadline = System.nanoTime() + longest.toNanos();
    try {
      for (long left = longest.toNanos(); left > 0; left = deadline - System.nanoTime()) {
        if (closed || woken) {
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
