package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same command more than once, to two workers of one host and to two hosts. */
class DuplicateIT {
  private static final Duration SOON = Duration.ofMinutes(1);

  private static Lab lab;
  private static Broker broker;
  private static WorkerProcess first;
  private static WorkerProcess second;
  private static WorkerProcess other;

  @BeforeAll
  static void start() {
    lab = Lab.get();
    lab.template();
    broker = new Broker(Containers.amqpUri());
    first = WorkerProcess.start(lab, Map.of());
    second = WorkerProcess.start(lab, Map.of());
    other = WorkerProcess.start(lab, Map.of("CETAK_HOST", "other"));
    first.awaitReady();
    second.awaitReady();
    other.awaitReady();
  }

  @AfterAll
  static void stop() throws Exception {
    first.close();
    second.close();
    other.close();
    broker.close();
  }

  @Test
  void the_same_command_five_times_makes_one_clone_and_one_event_id() {
    String command = Commands.clone("five", lab.template(), "five", "");
    for (int n = 0; n < 5; n++) {
      broker.send(n % 2 == 0 ? "host.lab" : "any", command);
    }
    broker.outcome("five", SOON);
    awaitEmptyQueues();
    assertThat(broker.outcomeIds().get("five")).hasSize(1);
    assertThat(broker.outcomes("five").stream().map(Broker.Seen::body).collect(Collectors.toSet()))
        .as("repetitions are the same byte for byte")
        .hasSize(1);
    assertThat(Shell.must("virsh", "-q", "list", "--all", "--name").lines().filter("five"::equals))
        .hasSize(1);
  }

  @Test
  void the_same_content_in_another_order_is_the_same_request() {
    broker.send("host.lab", Commands.clone("order", lab.template(), "order", ""));
    broker.outcome("order", SOON);
    broker.send(
        "host.lab",
        """
        { "name" : "order", "start": false, "id":"order", "template":"%s", "command":"clone" }"""
            .formatted(lab.template()));
    awaitEmptyQueues();
    assertThat(broker.outcomeIds().get("order")).hasSize(1);
    assertThat(
            broker.events().stream()
                .filter(e -> e.commandId().equals("order"))
                .map(Broker.Seen::type))
        .containsOnly("cetak.clone.completed");
  }

  @Test
  void the_same_id_with_other_content_is_refused() {
    broker.send("host.lab", Commands.clone("reused", lab.template(), "reused", ""));
    broker.outcome("reused", SOON);
    broker.send("host.lab", Commands.clone("reused", lab.template(), "reused-2", ""));
    Broker.Seen rejected =
        broker.event(
            e -> e.type().equals("cetak.command.rejected") && e.commandId().equals("reused"), SOON);
    assertThat(rejected.data().get("code").asText()).isEqualTo("ID_REUSED");
    assertThat(Shell.must("virsh", "-q", "list", "--all", "--name").lines())
        .doesNotContain("reused-2");
  }

  @Test
  void a_command_that_any_host_may_take_reaches_the_host_that_has_the_template() {
    for (int n = 0; n < 6; n++) {
      broker.send("any", Commands.clone("any-" + n, lab.template(), "any-" + n, ""));
    }
    Set<String> hosts =
        java.util.stream.IntStream.range(0, 6)
            .mapToObj(n -> broker.outcome("any-" + n, SOON))
            .peek(e -> assertThat(e.type()).as(e.body()).isEqualTo("cetak.clone.completed"))
            .map(e -> e.data().get("host").asText())
            .collect(Collectors.toSet());
    assertThat(hosts).containsExactly("lab");
  }

  @Test
  void the_answer_also_goes_to_the_callers_reply_queue_with_its_correlation_id() throws Exception {
    String queue = broker.open().queueDeclare().getQueue();
    broker.send(
        "host.lab",
        Commands.clone("reply", lab.template(), "reply", "").getBytes(StandardCharsets.UTF_8),
        new AMQP.BasicProperties.Builder().replyTo(queue).correlationId("mine-1"));
    Broker.Seen outcome = broker.outcome("reply", SOON);
    var replies = new java.util.ArrayList<com.rabbitmq.client.GetResponse>();
    await().atMost(SOON).until(() -> replies.addAll(broker.drain(queue)));
    assertThat(replies.get(0).getProps().getCorrelationId()).isEqualTo("mine-1");
    assertThat(new String(replies.get(0).getBody(), StandardCharsets.UTF_8))
        .isEqualTo(outcome.body());
  }

  @Test
  void a_cancel_that_comes_before_its_target_stops_it() {
    broker.send("control", Commands.cancel("early-cancel", "early"));
    assertThat(broker.outcome("early-cancel", SOON).data().get("outcome").asText())
        .isEqualTo("not-seen-yet");
    broker.send("host.lab", Commands.clone("early", lab.template(), "early", ""));
    assertThat(broker.outcome("early", SOON).type()).isEqualTo("cetak.clone.cancelled");
  }

  private static void awaitEmptyQueues() {
    await()
        .atMost(SOON)
        .until(
            () ->
                broker.ready("cetak.commands.any") == 0
                    && broker.ready("cetak.commands.host.lab") == 0
                    && Witness.rows("select 1 from outbox where sent_at is null").isEmpty());
  }
}
