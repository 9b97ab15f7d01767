package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.command.CommandReader;
import id.cetak.engine.EngineResource;
import id.cetak.lab.Witness;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What one transaction makes of a group of messages, in a real PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class AcceptanceIT {
  private final Acceptance acceptance;
  private final CommandReader reader = new CommandReader(262_144);

  @Inject
  AcceptanceIT(Acceptance acceptance) {
    this.acceptance = acceptance;
  }

  @Test
  void each_new_command_of_a_group_becomes_one_job() {
    List<Arrival> group =
        IntStream.range(0, 150).mapToObj(n -> clone("group-" + n, "n" + n)).toList();
    assertThat(acceptance.accept(group).queued()).isEqualTo(150);
    assertThat(count("command_id like 'group-%'")).isEqualTo(150);
    assertThat(acceptance.accept(group).queued()).as("the same group again").isZero();
    assertThat(count("command_id like 'group-%'")).isEqualTo(150);
  }

  @Test
  void a_command_twice_in_one_group_is_one_job() {
    List<Arrival> group =
        List.of(clone("twice", "one"), clone("twice", "one"), clone("twice", "other"));
    assertThat(acceptance.accept(group).queued()).isEqualTo(1);
    assertThat(Witness.rows("select spec->>'name' from job where command_id = 'twice'"))
        .containsExactly("one");
    assertThat(refusals("twice")).containsExactly("ID_REUSED");
  }

  @Test
  void refused_ones_are_dead_letters_in_the_transaction_that_accepts_the_others() {
    List<Arrival> group =
        List.of(clone("mixed-1", "m1"), read("rubbish", "mixed-bad"), clone("mixed-2", "m2"));
    assertThat(acceptance.accept(group).queued()).isEqualTo(2);
    assertThat(refusals("mixed-bad")).containsExactly("INVALID");
    assertThat(
            Witness.rows(
                "select 1 from outbox where exchange = 'cetak.dead' and message_id = 'mixed-bad'"))
        .hasSize(1);
  }

  @Test
  void a_group_that_fails_has_changed_nothing() {
    List<Arrival> group = List.of(clone("undone-1", "u1"), read("rubbish", "undone-bad"));
    assertThatThrownBy(
            () ->
                QuarkusTransaction.requiringNew()
                    .run(
                        () -> {
                          acceptance.accept(group);
                          throw new IllegalStateException("later");
                        }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(count("command_id = 'undone-1'")).isZero();
    assertThat(refusals("undone-bad")).isEmpty();
  }

  @Test
  void workers_that_accept_the_same_commands_in_any_order_do_not_wait_for_each_other()
      throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(8);
    List<Future<Integer>> accepted = new ArrayList<>();
    for (int n = 0; n < 24; n++) {
      List<Arrival> group =
          new ArrayList<>(IntStream.range(0, 60).mapToObj(i -> clone("race-" + i, "r")).toList());
      Collections.shuffle(group, new java.util.Random(n));
      accepted.add(workers.submit(() -> acceptance.accept(group).queued()));
    }
    int jobs = 0;
    for (Future<Integer> one : accepted) {
      jobs += one.get();
    }
    workers.shutdown();
    assertThat(jobs).isEqualTo(60);
    assertThat(count("command_id like 'race-%'")).isEqualTo(60);
  }

  private Arrival clone(String id, String name) {
    return read(
        "{\"command\":\"clone\",\"id\":\"%s\",\"template\":\"no-such\",\"name\":\"%s\"}"
            .formatted(id, name),
        id);
  }

  private Arrival read(String body, String messageId) {
    Arrival arrival =
        new Arrival(
            new Delivery(
                body.getBytes(StandardCharsets.UTF_8),
                Delivery.Source.HOST,
                messageId,
                null,
                null,
                Map.of(),
                id.cetak.producer.Sender.UNKNOWN));
    arrival.read(reader);
    return arrival;
  }

  private static int count(String condition) {
    return Witness.rows("select command_id from job where " + condition).size();
  }

  private static List<String> refusals(String id) {
    return Witness.rows(
        "select convert_from(body, 'UTF8')::jsonb->'data'->>'code' from outbox"
            + " where routing_key = 'command.rejected'"
            + " and convert_from(body, 'UTF8')::jsonb->'data'->>'commandId' = '"
            + id
            + "'");
  }
}
