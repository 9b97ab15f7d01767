package id.cetak.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that jobs run on: one lane for single commands and one for the members of batches,
 * each with as many slots as the configuration says. Members are claimed ahead, up to as many again
 * as there are slots, so that one claim serves several.
 */
@ApplicationScoped
class RunLanes {
  /** How long a member stands aside before each of its steps. */
  private static final Duration ASIDE = Duration.ofMillis(20);

  /** A single job is stood aside for while it is this young: a seal takes minutes. */
  private static final Duration YOUNG = Duration.ofMillis(100);

  private static final Duration LOOK = Duration.ofMillis(1);

  private final AtomicInteger singles = new AtomicInteger();
  private final AtomicInteger members = new AtomicInteger();
  private final ExecutorService singleThreads;
  private final ExecutorService memberThreads;
  private final ClaimStore.Claimant claimant;
  private final ObjectMapper json;
  private final int slots;
  private volatile long singleBegan = System.nanoTime() - YOUNG.toNanos();
  private int turn;

  RunLanes(CetakConfig config, ObjectMapper json) {
    this.slots = config.run().slots();
    this.json = json;
    this.claimant =
        new ClaimStore.Claimant(config.host(), UUID.randomUUID().toString(), config.run().lease());
    this.singleThreads = threads("job-");
    this.memberThreads = threads("member-");
  }

  private ExecutorService threads(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newFixedThreadPool(
        slots, task -> new Thread(task, prefix + number.incrementAndGet()));
  }

  ClaimStore.Claimant claimant() {
    return claimant;
  }

  int running() {
    return singles.get() + members.get();
  }

  /** How many single jobs may be claimed. */
  int singleRoom() {
    return slots - singles.get();
  }

  /** How many members may be claimed; none until it is worth a claim. */
  int memberRoom() {
    int held = members.get();
    return held <= slots ? 2 * slots - held : 0;
  }

  /** The batches, beginning with another one each time. */
  synchronized List<UUID> inTurn(List<UUID> batches) {
    List<UUID> turned = new ArrayList<>(batches);
    if (!turned.isEmpty()) {
      turn = (turn + 1) % turned.size();
      Collections.rotate(turned, -turn);
    }
    return turned;
  }

  ActiveRun begin(Job job, long claimedNanos) {
    count(job).incrementAndGet();
    if (!job.isMember()) {
      singleBegan = claimedNanos;
    }
    return new ActiveRun(job, claimant.host(), json, claimedNanos, claimant.lease());
  }

  void execute(ActiveRun run, Runnable task) {
    (run.job().isMember() ? memberThreads : singleThreads).execute(task);
  }

  /**
   * Lets a single job that has just begun have the machine for itself: it takes milliseconds, and
   * somebody waits for it, while nobody waits for one clone of a batch.
   */
  void standAside(ActiveRun run) {
    long began = System.nanoTime();
    while (run.job().isMember()
        && singles.get() > 0
        && System.nanoTime() - singleBegan < YOUNG.toNanos()
        && System.nanoTime() - began < ASIDE.toNanos()) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  void end(ActiveRun run) {
    count(run.job()).decrementAndGet();
  }

  private AtomicInteger count(Job job) {
    return job.isMember() ? members : singles;
  }

  /** Takes no more. @return whether all have ended within the time */
  boolean drain(Duration atMost) throws InterruptedException {
    singleThreads.shutdown();
    memberThreads.shutdown();
    return ended(atMost);
  }

  void drainOrInterrupt(Duration atMost) throws InterruptedException {
    if (!ended(atMost)) {
      singleThreads.shutdownNow();
      memberThreads.shutdownNow();
    }
  }

  private boolean ended(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    return singleThreads.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS)
        && memberThreads.awaitTermination(
            Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
  }
}
