package id.cetak.job;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jboss.logging.Logger;

/**
 * A thread that accepts arrivals in groups: what has come while one group was being written is the
 * next one, so that a lone message never waits for company, and many share a commit.
 *
 * <pre>
 *   arrived --read--> free ----------------+--> one group, one transaction --ok--> durable
 *              |                           |                |
 *              +----> waiting --room-------+              failed
 *                        | held too long --+                +-- in company: each by itself, at once
 *                                          |                +-- by itself: after a pause, again
 *                                          +--- postponed <-+   in vain for long: given up
 * </pre>
 */
final class IntakeLane {
  private static final Logger LOG = Logger.getLogger(IntakeLane.class);

  /** Some ten milliseconds of one transaction; more would make the first wait for the last. */
  static final int MOST_IN_A_GROUP = 200;

  /** RabbitMQ takes a delivery back after half an hour; it goes back before that. */
  private static final Duration MOST_PATIENCE = Duration.ofMinutes(15);

  private static final Duration UNDISTURBED = Duration.ofSeconds(2);
  private static final Duration DISTURBED = Duration.ofSeconds(5);

  /** When nothing is due and nothing wakes it. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  /** After a look for room that failed. */
  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

  /**
   * What a lane does with its arrivals.
   *
   * @param read makes a command or a refusal of one
   * @param accept makes the outcome of all of them durable, or throws and has changed nothing
   * @param room how many that need a run slot may be accepted now
   * @param maxHold one that has waited this long for room is accepted without
   */
  record Work(
      Consumer<Arrival> read, Consumer<List<Arrival>> accept, IntSupplier room, Duration maxHold) {}

  private final Work work;
  private final Thread thread;
  private final Queue<Arrival> arrived = new ConcurrentLinkedQueue<>();
  private final Deque<Arrival> free = new ArrayDeque<>();
  private final Deque<Arrival> waiting = new ArrayDeque<>();
  private final List<Arrival> postponed = new ArrayList<>();
  private final Semaphore wake = new Semaphore(0);
  private volatile boolean stopping;
  private boolean inTrouble;
  private boolean roomUnknown;

  IntakeLane(String name, Work work) {
    this.work = work;
    this.thread = new Thread(this::acceptForEver, name);
  }

  void start() {
    thread.start();
  }

  void offer(Arrival arrival) {
    arrived.add(arrival);
    wake();
  }

  /** Something came, or there may be room. */
  void wake() {
    if (wake.availablePermits() == 0) {
      wake.release();
    }
  }

  /** Begins no further group. What is not accepted by then stays as it is. */
  void stop() throws InterruptedException {
    stopping = true;
    wake();
    thread.join(UNDISTURBED.toMillis());
    thread.interrupt();
    thread.join(DISTURBED.toMillis());
  }

  private void acceptForEver() {
    try {
      while (!stopping) {
        sort();
        List<Arrival> group = choose();
        if (!group.isEmpty()) {
          accept(group);
        } else if (wake.tryAcquire(nanosToWait(), TimeUnit.NANOSECONDS)) {
          wake.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Intake was interrupted in order to stop");
    }
  }

  private void sort() {
    for (Arrival next = arrived.poll(); next != null; next = arrived.poll()) {
      sort(next);
    }
    for (int i = postponed.size() - 1; i >= 0; i--) {
      if (postponed.get(i).nanosLeft() <= 0) {
        sort(postponed.remove(i));
      }
    }
  }

  private void sort(Arrival arrival) {
    try {
      work.read().accept(arrival);
      (arrival.needsRoom() ? waiting : free).addLast(arrival);
    } catch (RuntimeException | Error e) {
      failed(List.of(arrival), e);
    }
  }

  private List<Arrival> choose() {
    if (!free.isEmpty()) {
      return from(free, MOST_IN_A_GROUP);
    }
    if (waiting.isEmpty()) {
      return List.of();
    }
    int overdue =
        (int) waiting.stream().takeWhile(a -> a.age().compareTo(work.maxHold()) >= 0).count();
    return from(waiting, Math.min(Math.max(room(), overdue), MOST_IN_A_GROUP));
  }

  private int room() {
    try {
      int room = work.room().getAsInt();
      roomUnknown = false;
      return room;
    } catch (RuntimeException e) {
      roomUnknown = true;
      troubled(e);
      return 0;
    }
  }

  private static List<Arrival> from(Deque<Arrival> queue, int most) {
    List<Arrival> group = new ArrayList<>();
    while (group.size() < most && !queue.isEmpty()) {
      if (queue.element().goesAlone()) {
        return group.isEmpty() ? List.of(queue.remove()) : group;
      }
      group.add(queue.remove());
    }
    return group;
  }

  private void accept(List<Arrival> group) {
    try {
      work.accept().accept(group);
    } catch (RuntimeException | Error e) {
      failed(group, e);
      return;
    }
    inTrouble = false;
    group.forEach(arrival -> arrival.durable().complete(null));
  }

  private void failed(List<Arrival> group, Throwable e) {
    troubled(e);
    if (group.size() > 1) {
      for (int i = group.size() - 1; i >= 0; i--) {
        Arrival arrival = group.get(i);
        arrival.separate();
        (arrival.needsRoom() ? waiting : free).addFirst(arrival);
      }
      return;
    }
    Arrival arrival = group.get(0);
    if (arrival.age().compareTo(MOST_PATIENCE) > 0) {
      arrival.durable().completeExceptionally(new TimeoutException());
      return;
    }
    arrival.postpone();
    postponed.add(arrival);
  }

  private void troubled(Throwable e) {
    if (!inTrouble) {
      inTrouble = true;
      LOG.warn("Commands could not be taken in. None is lost; they are tried until they can.", e);
    }
  }

  private long nanosToWait() {
    long nanos = (roomUnknown ? AFTER_TROUBLE : LONGEST_WAIT).toNanos();
    for (Arrival arrival : postponed) {
      nanos = Math.min(nanos, arrival.nanosLeft());
    }
    if (!waiting.isEmpty()) {
      nanos = Math.min(nanos, work.maxHold().minus(waiting.element().age()).toNanos());
    }
    return Math.max(nanos, 0);
  }
}
