package id.cetak.faults;

import static org.awaitility.Awaitility.await;

import id.cetak.lab.Broker;
import id.cetak.lab.Witness;
import id.cetak.lab.WorkerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One command, and the faults that strike it on its way, in the order of their places. All places
 * hold from the beginning: a job can be at the second before anybody has seen it at the first.
 *
 * @param hits at least one
 */
record Episode(Target target, List<Hit> hits) {
  private static final Duration SETTLE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  Episode {
    hits = List.copyOf(hits);
  }

  /** A fault at a place. */
  record Hit(String place, Fault fault) {}

  /**
   * What was seen.
   *
   * @param struck how many faults struck; a job may take a way that passes by some of the places
   * @param recovery from the last fault's end to the job's outcome
   * @param breaches what does not hold; empty when all does
   */
  record Result(Episode episode, int struck, Duration recovery, List<String> breaches) {}

  static Episode of(Target target, String place, Fault fault) {
    return new Episode(target, List.of(new Hit(place, fault)));
  }

  String name() {
    return target.name().toLowerCase(java.util.Locale.ROOT)
        + hits.stream()
            .map(hit -> " / %s at %s".formatted(hit.fault(), hit.place()))
            .collect(Collectors.joining());
  }

  /** Plays it, and has the witnesses judge. Leaves nothing behind when all holds. */
  Result play(World world) {
    world.releaseAll();
    world.heal();
    String id = "fault-" + NUMBER.incrementAndGet();
    List<String> breaches = new ArrayList<>();
    int struck = 0;
    long healed = System.nanoTime();
    Duration recovery = Duration.ZERO;
    try {
      target.prepare(world, id);
      String command = target.command(world, id);
      List<Hit> left = new ArrayList<>(hits);
      left.forEach(hit -> world.arm(hit.place()));
      world.send(command);
      for (Optional<Stand> next = next(world, left, id);
          next.isPresent();
          next = next(world, left, id)) {
        Hit hit = next.get().hit();
        left.remove(hit);
        WorkerProcess worker = next.get().worker();
        try {
          hit.fault().strike(world, new Scene(target, id, command, hit.place(), worker, breaches));
        } finally {
          hit.fault().heal(world);
        }
        struck++;
        healed = System.nanoTime();
      }
      world.releaseAll();
      Broker.Seen outcome = world.broker.outcome(id, world.patience);
      recovery = Duration.ofNanos(System.nanoTime() - healed);
      judgeEnd(outcome.type(), outcome.body(), breaches);
      settle(world, breaches);
      breaches.addAll(target.judge(world, id, outcome.type()));
      target.clean(world, id);
      settle(world, breaches);
    } catch (ConditionTimeoutException | IllegalStateException e) {
      breaches.add("I9: " + e.getMessage());
    } catch (Exception e) {
      throw new IllegalStateException(name(), e);
    }
    return new Result(this, struck, recovery, List.copyOf(new LinkedHashSet<>(breaches)));
  }

  /** A worker that stands where it is to be struck. */
  private record Stand(Hit hit, WorkerProcess worker) {}

  /**
   * Waits for a worker to stand at one of the places.
   *
   * @return the first of the places where one stands; empty when the command has ended, or there is
   *     no place left
   */
  private static Optional<Stand> next(World world, List<Hit> left, String id) {
    if (left.isEmpty()) {
      return Optional.empty();
    }
    Optional<Stand> stand = Optional.empty();
    boolean over = false;
    long end = System.nanoTime() + world.patience.toNanos();
    while (stand.isEmpty() && !over) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("nobody came to any of " + left);
      }
      // Not before the relay has written down that it sent it: it may come to a place till then.
      over = !world.broker.outcomes(id).isEmpty() && !outcomeWaits(id);
      stand = left.stream().flatMap(hit -> standing(world, hit, id).stream()).findFirst();
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return stand;
  }

  private static Optional<Stand> standing(World world, Hit hit, String id) {
    Optional<WorkerProcess> worker = world.standing(hit.place());
    if (worker.isPresent() && hit.place().startsWith("outbox") && !outcomeWaits(id)) {
      // A round of other events, such as those of a worker's own start.
      world.release(hit.place());
      world.arm(hit.place());
      return Optional.empty();
    }
    return worker.map(its -> new Stand(hit, its));
  }

  private static boolean outcomeWaits(String id) {
    return !Witness.rows(
            "select 1 from outbox join job on job.id = job_id where sent_at is null and ended_at is not null and command_id = '%s'"
                .formatted(id))
        .isEmpty();
  }

  private void judgeEnd(String type, String body, List<String> breaches) {
    boolean good = target.good().equals(type);
    Set<String> may =
        hits.stream()
            .flatMap(hit -> hit.fault().ending().words().stream())
            .collect(Collectors.toSet());
    boolean allowed =
        good ? may.contains("completed") : may.stream().anyMatch(word -> type.endsWith("." + word));
    if (!allowed) {
      breaches.add("I3: it ended with " + body);
    }
  }

  private static void settle(World world, List<String> breaches) {
    Witness witness = new Witness(world.lab, world.broker, world.host, "fault-");
    List<String> last = new ArrayList<>();
    try {
      await()
          .atMost(SETTLE)
          .until(
              () -> {
                last.clear();
                last.addAll(witness.breachesButOfSealedFiles());
                return last.isEmpty();
              });
    } catch (ConditionTimeoutException e) {
      breaches.addAll(last);
    }
  }

  /** Waits for the end of a command that is a help, and demands that it is good. */
  static void demand(World world, String id, Set<String> types) {
    Broker.Seen seen = world.broker.outcome(id, world.patience);
    if (!types.contains(seen.type())) {
      throw new IllegalStateException(seen.body());
    }
  }
}
