package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import id.cetak.command.CommandReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IntakeLaneTest {
  private static final Duration NEVER = Duration.ofHours(1);

  private final CommandReader reader = new CommandReader(262_144);

  /** What was accepted, group by group, by the messages' ids. */
  private final List<List<String>> groups = new CopyOnWriteArrayList<>();

  private volatile CountDownLatch hold = new CountDownLatch(0);
  private volatile String poison = "none";
  private volatile int room = Integer.MAX_VALUE;
  private IntakeLane lane = lane(NEVER);

  @AfterEach
  void stop() throws InterruptedException {
    hold.countDown();
    lane.stop();
  }

  @Test
  void nothing_is_durable_before_its_group_is_written() {
    hold = new CountDownLatch(1);
    Arrival one = offer(clone("one"));
    await().until(() -> groups.size() == 1);
    assertThat(one.durable()).isNotDone();
    hold.countDown();
    await().until(() -> one.durable().isDone());
  }

  @Test
  void what_comes_while_one_is_written_shares_the_next_transaction() {
    hold = new CountDownLatch(1);
    offer(clone("first"));
    await().until(() -> groups.size() == 1);
    List<Arrival> rest = IntStream.range(0, 50).mapToObj(n -> offer(clone("n" + n))).toList();
    hold.countDown();
    await().until(() -> rest.stream().allMatch(arrival -> arrival.durable().isDone()));
    assertThat(groups).hasSize(2);
    assertThat(groups.get(1)).hasSize(50).startsWith("n0", "n1");
  }

  @Test
  void a_group_has_a_largest_size() {
    hold = new CountDownLatch(1);
    offer(clone("first"));
    await().until(() -> groups.size() == 1);
    IntStream.range(0, 250).forEach(n -> offer(clone("n" + n)));
    hold.countDown();
    await().until(() -> groups.size() == 3);
    assertThat(groups.get(1)).hasSize(IntakeLane.MOST_IN_A_GROUP);
    assertThat(groups.get(2)).hasSize(50);
  }

  @Test
  void one_that_cannot_be_accepted_does_not_hold_up_the_others() {
    hold = new CountDownLatch(1);
    poison = "bad";
    offer(clone("first"));
    await().until(() -> groups.size() == 1);
    Arrival before = offer(clone("before"));
    Arrival bad = offer(clone("bad"));
    Arrival after = offer(clone("after"));
    hold.countDown();
    await().until(() -> before.durable().isDone() && after.durable().isDone());
    assertThat(bad.durable()).isNotDone();
    Arrival later = offer(clone("later"));
    await().until(() -> later.durable().isDone());
    poison = "none";
    await().until(() -> bad.durable().isDone());
    assertThat(bad.durable()).isCompleted();
  }

  @Test
  void a_cancel_is_alone_in_its_transaction_and_keeps_its_place() {
    hold = new CountDownLatch(1);
    offer(cancel("first"));
    await().until(() -> groups.size() == 1);
    for (String id : List.of("a", "b")) {
      offer(arrival("no command", Delivery.Source.HOST, id));
    }
    offer(cancel("c"));
    offer(cancel("d"));
    hold.countDown();
    await().until(() -> groups.size() == 4);
    assertThat(groups)
        .containsExactly(List.of("first"), List.of("a", "b"), List.of("c"), List.of("d"));
  }

  @Test
  void commands_wait_for_room_and_what_needs_none_passes_them() {
    room = 0;
    List<Arrival> waiting =
        List.of(offer(clone("one")), offer(clone("two")), offer(clone("three")));
    Arrival refused = offer(arrival("no command", Delivery.Source.HOST, "refused"));
    Arrival control = offer(arrival(body("control"), Delivery.Source.CONTROL, "control"));
    await().until(() -> refused.durable().isDone() && control.durable().isDone());
    assertThat(waiting).noneMatch(arrival -> arrival.durable().isDone());
    room = 2;
    lane.wake();
    await().until(() -> waiting.get(1).durable().isDone());
    assertThat(groups.get(groups.size() - 1)).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void one_that_was_held_for_long_is_accepted_without_room() throws InterruptedException {
    lane.stop();
    room = 0;
    lane = lane(Duration.ofMillis(100));
    Arrival held = offer(clone("held"));
    await().until(() -> held.durable().isDone());
    assertThat(held.age()).isGreaterThanOrEqualTo(Duration.ofMillis(100));
  }

  @Test
  void a_lane_that_stops_begins_nothing_more() throws InterruptedException {
    hold = new CountDownLatch(1);
    Arrival begun = offer(clone("begun"));
    await().until(() -> groups.size() == 1);
    Arrival late = offer(clone("late"));
    Thread stopping = new Thread(this::stopLane);
    stopping.start();
    await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
    hold.countDown();
    stopping.join();
    assertThat(begun.durable()).isCompleted();
    assertThat(late.durable()).isNotDone();
  }

  private void stopLane() {
    try {
      lane.stop();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private IntakeLane lane(Duration maxHold) {
    IntakeLane made =
        new IntakeLane(
            "lane",
            new IntakeLane.Work(
                arrival -> arrival.read(reader), this::accept, () -> room, maxHold));
    made.start();
    return made;
  }

  private void accept(List<Arrival> group) {
    List<String> ids = new ArrayList<>();
    group.forEach(arrival -> ids.add(arrival.delivery().messageId()));
    groups.add(ids);
    try {
      hold.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (ids.contains(poison)) {
      throw new IllegalStateException("cannot be written");
    }
  }

  private Arrival offer(Arrival arrival) {
    lane.offer(arrival);
    return arrival;
  }

  private static Arrival clone(String id) {
    return arrival(body(id), Delivery.Source.HOST, id);
  }

  private static Arrival cancel(String id) {
    return arrival(
        "{\"command\":\"cancel\",\"id\":\"%s\",\"target\":\"other\"}".formatted(id),
        Delivery.Source.HOST,
        id);
  }

  private static String body(String id) {
    return "{\"command\":\"clone\",\"id\":\"%1$s\",\"template\":\"t\",\"name\":\"%1$s\"}"
        .formatted(id);
  }

  private static Arrival arrival(String body, Delivery.Source source, String messageId) {
    return new Arrival(
        new Delivery(
            body.getBytes(StandardCharsets.UTF_8),
            source,
            messageId,
            null,
            null,
            Map.of(),
            id.cetak.producer.Sender.UNKNOWN));
  }
}
