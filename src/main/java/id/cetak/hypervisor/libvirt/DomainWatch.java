package id.cetak.hypervisor.libvirt;

import id.cetak.failure.FailureCode;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.LibvirtException;
import org.libvirt.event.DomainEvent;
import org.libvirt.event.LifecycleListener;

/**
 * Follows the host's domains by libvirt's events, on a thread of its own: libvirt's event thread
 * must never wait for a call. Events are lost while there is no connection, so all that a follower
 * cares for is looked at whenever there is a new one. What waits is a set of UUIDs: a storm of
 * events takes no more room than the domains that there are.
 */
final class DomainWatch {
  private static final Logger LOG = Logger.getLogger(DomainWatch.class);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** For whom domains are followed; called on the watch's thread, but for one method. */
  interface Follower {
    /** libvirt's flags of the domains that it cares for. */
    int which();

    /** Whether the domain must be looked at now. On libvirt's event thread: must return at once. */
    boolean follows(UUID uuid, DomainEvent event);

    /** Begins a round of looks. */
    default void begin() {}

    /** All the domains that it cares for; each is looked at next. */
    default void listed(Set<UUID> domains) {}

    /** Must be able to do it again when it throws. */
    void look(UUID uuid);

    /** Ends a round. @return false when there must be another one soon */
    default boolean end() {
      return true;
    }
  }

  private final Connections connections;
  private final String name;
  private final Duration check;
  private final Follower follower;

  /** One instance for all connections: the binding knows by it what is registered already. */
  private final LifecycleListener onEvent = this::onEvent;

  private final Set<UUID> waiting = new LinkedHashSet<>();
  private @Nullable Link watched;
  private @Nullable Thread thread;
  private @Nullable RuntimeException failure;
  private boolean allWaiting = true;
  private boolean settled;
  private boolean woken;
  private boolean closed;
  private long rounds;
  private long deaths;

  /**
   * @param name the thread's, which says what is watched for
   * @param check how often the connection is looked at when nothing else happens
   */
  DomainWatch(Connections connections, String name, Duration check, Follower follower) {
    this.connections = connections;
    this.name = name;
    this.check = check;
    this.follower = follower;
    connections.onDeath(this::died);
  }

  /** Begins, when it has not begun yet. */
  synchronized void start() {
    if (thread == null) {
      thread = new Thread(this::run, name);
      thread.setDaemon(true);
      thread.start();
    }
  }

  synchronized boolean isRunning() {
    return thread != null && !closed;
  }

  synchronized void lookAtAll() {
    allWaiting = true;
    wake();
  }

  synchronized void lookAt(UUID uuid) {
    waiting.add(uuid);
    wake();
  }

  synchronized void close() {
    closed = true;
    wake();
  }

  /**
   * Waits until everything was looked at since there was a new connection.
   *
   * @throws RuntimeException {@code HYPERVISOR_UNAVAILABLE} when the round that was waited for
   *     failed
   */
  synchronized void awaitSettled() {
    long before = rounds;
    try {
      while (!settled) {
        if (closed) {
          throw unavailable("the worker stops");
        }
        if (rounds != before && failure != null) {
          // Whatever it was, it says nothing of the caller's command: that is tried again.
          throw unavailable(String.valueOf(failure.getMessage()));
        }
        // Also from a pause after an earlier failure.
        wake();
        wait(check.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("nobody waits for it any more");
    }
  }

  private RuntimeException unavailable(String why) {
    return LibvirtErrors.failure(FailureCode.HYPERVISOR_UNAVAILABLE, "Wait for " + name, why);
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (isRunning()) {
      if (round()) {
        pause = FIRST_PAUSE;
        await(check);
      } else {
        await(pause);
        pause = Collections.min(List.of(pause.multipliedBy(2), LONGEST_PAUSE));
      }
    }
  }

  private boolean round() {
    long before = deaths();
    try {
      follower.begin();
      connections.look("Watch for domains", this::listen);
      for (UUID uuid = next(); uuid != null; uuid = next()) {
        look(uuid);
      }
    } catch (RuntimeException e) {
      LOG.warnf("%s: nothing is seen until libvirt answers: %s", name, e.getMessage());
      ended(e, false);
      return false;
    }
    ended(null, before == deaths());
    return follower.end();
  }

  private void look(UUID uuid) {
    try {
      follower.look(uuid);
    } catch (RuntimeException e) {
      remember(uuid);
      throw e;
    }
  }

  private Link listen(Link link) throws LibvirtException {
    if (link != watched) {
      try {
        link.listen(onEvent);
      } catch (LibvirtException e) {
        // Registered by half, it could never be registered again: the next link is a new one.
        link.drop();
        throw e;
      }
      watched = link;
      allWait();
    }
    if (takeAllWaiting()) {
      try {
        Set<UUID> all = new LinkedHashSet<>();
        for (org.libvirt.Domain domain : link.connect().listAllDomains(follower.which())) {
          all.add(DomainReader.read(() -> domain, DomainReader::uuid));
        }
        follower.listed(all);
        all.forEach(this::remember);
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
      UUID uuid = DomainReader.read(() -> domain, DomainReader::uuid);
      if (follower.follows(uuid, event)) {
        lookAt(uuid);
      }
    } catch (LibvirtException e) {
      LOG.error("A domain with an event has no UUID; everything is looked at", e);
      lookAtAll();
    }
    return 0;
  }

  private synchronized void died() {
    deaths++;
    settled = false;
    wake();
  }

  private synchronized long deaths() {
    return deaths;
  }

  private synchronized void ended(@Nullable RuntimeException failure, boolean settled) {
    this.failure = failure;
    this.settled = settled;
    rounds++;
    notifyAll();
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
