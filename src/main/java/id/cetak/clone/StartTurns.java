package id.cetak.clone;

import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Lets a few guests boot at a time, first come, first served: a booting guest takes a core and
 * reads the same image as the others. Only a brake: what it keeps is of this process, and a restart
 * forgets it.
 */
@ApplicationScoped
class StartTurns {
  /** A job that has not asked again this long after it should have is not waiting any more. */
  private static final Duration FORGOTTEN = Duration.ofSeconds(30);

  private final int places;
  private final long settleNanos;

  /** Until when, by the monotonic clock, each place is taken. */
  private final Map<UUID, Long> booting = new HashMap<>();

  /** When each waiting job is given up, in the order in which they came. */
  private final Map<UUID, Long> waiting = new LinkedHashMap<>();

  StartTurns(CetakConfig config) {
    this.places = config.run().maxConcurrentStarts();
    this.settleNanos = config.run().startSettle().toNanos();
  }

  /**
   * Takes a place to start a guest in, to be followed by {@link #started}.
   *
   * @return how long to wait before asking again, when it is not this job's turn
   */
  synchronized Optional<Duration> take(UUID job) {
    long now = System.nanoTime();
    booting.values().removeIf(until -> until - now <= 0);
    waiting.values().removeIf(until -> until - now <= 0);
    waiting.putIfAbsent(job, Long.MAX_VALUE);
    int ahead = new ArrayList<>(waiting.keySet()).indexOf(job);
    if (ahead < places - booting.size()) {
      waiting.remove(job);
      booting.put(job, now + Duration.ofMinutes(5).toNanos());
      return Optional.empty();
    }
    Duration wait = Duration.ofNanos(settleNanos * (1 + ahead / places));
    waiting.put(job, now + wait.plus(FORGOTTEN).toNanos());
    return Optional.of(wait);
  }

  /** The call that starts the guest is over; its place is free when it has had time to boot. */
  synchronized void started(UUID job) {
    booting.put(job, System.nanoTime() + settleNanos);
  }
}
