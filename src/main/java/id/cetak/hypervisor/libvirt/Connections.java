package id.cetak.hypervisor.libvirt;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.libvirt.LibvirtErrors.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.libvirt.LibvirtException;

/**
 * The worker's few connections: one for look-ups and events, shared by all, and a small pool for
 * calls that change something, one call each. libvirt serves a handful of requests at a time per
 * connection, so slow starts must not stand in the way of look-ups. Each is opened when first
 * needed, or before, and again after it died.
 */
final class Connections {
  private static final Logger LOG = Logger.getLogger(Connections.class);

  /** How long a call waits for a free connection, or for somebody else who opens the shared one. */
  private static final Duration WAIT = Duration.ofSeconds(15);

  private final String uri;
  private final Duration keepalive;
  private final Slot shared = new Slot();
  private final List<Slot> all = new ArrayList<>();
  private final BlockingDeque<Slot> free = new LinkedBlockingDeque<>();
  private final List<Runnable> onDeath = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  Connections(String uri, int changers, Duration keepalive) {
    if (changers < 1) {
      throw new IllegalArgumentException(
          "cetak.libvirt.connections is " + changers + ": set it to 1 or more");
    }
    this.uri = uri;
    this.keepalive = keepalive;
    all.add(shared);
    for (int i = 0; i < changers; i++) {
      Slot slot = new Slot();
      all.add(slot);
      free.add(slot);
    }
  }

  /**
   * @param what the call and the name it is for, to begin an error's sentence
   * @throws Failure as {@link LibvirtErrors} says; {@code HYPERVISOR_UNAVAILABLE} also when this
   *     thread was interrupted before the call was sent
   */
  <T extends @Nullable Object> T look(String what, LibvirtCall<T> call) {
    return run(what, Phase.LOOK, shared.enter(what), call);
  }

  /** Like {@link #look}, on a connection of its own. */
  <T extends @Nullable Object> T change(String what, LibvirtCall<T> call) {
    Slot slot = take(what);
    try {
      return run(what, Phase.CHANGE, slot.enter(what), call);
    } finally {
      // The one that was used last is used next: the fewest stay open.
      free.addFirst(slot);
    }
  }

  /** Opens all connections; those that libvirt refuses now are opened when they are needed. */
  void warm() {
    try {
      all.forEach(slot -> slot.enter("Warm-up").leave());
    } catch (Failure failure) {
      LOG.debugf("Connections are opened later: %s", failure.reason());
    }
  }

  /** Called on a thread of libvirt's whenever a connection died. */
  void onDeath(Runnable onDeath) {
    this.onDeath.add(onDeath);
  }

  /** Refuses new calls; connections close as their last calls return. */
  void close() {
    closed = true;
    all.forEach(Slot::drop);
  }

  private static <T extends @Nullable Object> T run(
      String what, Phase phase, Link link, LibvirtCall<T> call) {
    try {
      if (Thread.currentThread().isInterrupted()) {
        throw unavailable(what, "nobody waits for it any more");
      }
      return call.on(link);
    } catch (LibvirtException e) {
      throw LibvirtErrors.failure(what, phase, e.getError());
    } catch (NativeCallException e) {
      throw LibvirtErrors.failure(what, phase, e.error());
    } finally {
      link.leave();
    }
  }

  private Slot take(String what) {
    try {
      Slot slot = free.pollFirst(WAIT.toMillis(), TimeUnit.MILLISECONDS);
      if (slot != null) {
        return slot;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw unavailable(what, "all connections to libvirt are busy");
  }

  private static Failure unavailable(String what, String why) {
    return LibvirtErrors.failure(FailureCode.HYPERVISOR_UNAVAILABLE, what, why);
  }

  /** The place of one connection. */
  private final class Slot {
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable Link current;

    /** A living link that was entered. */
    Link enter(String what) {
      Link link = current;
      if (link != null && link.enter()) {
        return link;
      }
      lock(what);
      try {
        return enterNew(what);
      } finally {
        opening.unlock();
      }
    }

    void drop() {
      Link link = current;
      if (link != null) {
        link.drop();
      }
    }

    private Link enterNew(String what) {
      Link link = current;
      if (link != null && link.enter()) {
        return link;
      }
      drop();
      link = open(what);
      current = link;
      if (closed || !link.enter()) {
        link.drop();
        throw unavailable(what, "the worker stops");
      }
      return link;
    }

    private Link open(String what) {
      if (closed) {
        throw unavailable(what, "the worker stops");
      }
      try {
        return Link.open(uri, keepalive, () -> onDeath.forEach(Runnable::run));
      } catch (LibvirtException e) {
        throw LibvirtErrors.failure(what, Phase.OPEN, e.getError());
      } catch (LinkageError e) {
        throw unavailable(
            what, "libvirt's client library is not usable, install it and restart (" + e + ")");
      }
    }

    private void lock(String what) {
      try {
        if (opening.tryLock(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw unavailable(what, "libvirt does not answer to a new connection");
    }
  }
}
