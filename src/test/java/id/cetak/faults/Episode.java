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
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One command, and the faults that strike it on its way, in the order of their places.
 *
 * @param hits at least one
 */
record Episode(Target target, List<Hit> hits) {
  private static final Duration SETTLE = Duration.ofSeconds(30);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  Episode {
    hits = List.copyOf(hits);
  }

  /** A fault at a place. */
  record Hit(String place, Fault fault) {}

  /**
   * What was seen.
   *
   * @param struck how many faults struck; a job may take a way that passes none of the later places
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
      world.arm(hits.get(0).place());
      world.send(command);
      for (int n = 0; n < hits.size(); n++) {
        Hit hit = hits.get(n);
        Optional<WorkerProcess> worker = standing(world, hit.place(), id);
        if (worker.isEmpty()) {
          break;
        }
        if (n + 1 < hits.size()) {
          world.arm(hits.get(n + 1).place());
        }
        try {
          hit.fault()
              .strike(world, new Scene(target, id, command, hit.place(), worker.get(), breaches));
        } finally {
          hit.fault().heal(world);
        }
        struck++;
        healed = System.nanoTime();
      }
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

  private static Optional<WorkerProcess> standing(World world, String place, String id) {
    BooleanSupplier over = () -> !world.broker.outcomes(id).isEmpty();
    Optional<WorkerProcess> worker = world.standing(place, over);
    while (worker.isPresent() && place.startsWith("outbox") && !outcomeWaits(id)) {
      // A round of other events, such as those of a worker's own start.
      world.release(place);
      world.arm(place);
      worker = world.standing(place, over);
    }
    return worker;
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
