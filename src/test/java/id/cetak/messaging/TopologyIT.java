package id.cetak.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TopologyIT {
  private BrokerLab lab;

  @BeforeEach
  void connect() throws IOException {
    lab = new BrokerLab();
  }

  @AfterEach
  void disconnect() throws IOException {
    lab.close();
  }

  @Test
  void each_routing_key_leads_to_its_queue_also_after_a_second_declaration() throws Exception {
    declareAll();
    declareAll();
    lab.channel.confirmSelect();
    for (CommandQueue queue : CommandQueue.CONSUMED) {
      lab.channel.basicPublish(
          Topology.COMMANDS,
          queue.routingKey(BrokerLab.HOST),
          MessageProperties.PERSISTENT_BASIC,
          queue.label().getBytes(UTF_8));
    }
    lab.channel.waitForConfirmsOrDie(5_000);
    for (CommandQueue queue : CommandQueue.CONSUMED) {
      String name = queue.queue(BrokerLab.HOST);
      assertThat(lab.get(name).getBody()).asString(UTF_8).isEqualTo(queue.label());
      assertThat(lab.get(name)).isNull();
    }
  }

  @Test
  void a_rejected_command_is_a_dead_letter() throws Exception {
    declareAll();
    lab.channel.basicPublish(
        Topology.COMMANDS, "any", MessageProperties.PERSISTENT_BASIC, "bad".getBytes(UTF_8));
    GetResponse got =
        await()
            .until(
                () -> lab.channel.basicGet(CommandQueue.ANY.queue(BrokerLab.HOST), false),
                answer -> answer != null);
    lab.channel.basicReject(got.getEnvelope().getDeliveryTag(), false);
    GetResponse dead =
        await()
            .until(
                () -> lab.get(CommandQueue.DEAD.queue(BrokerLab.HOST)), answer -> answer != null);
    assertThat(dead.getBody()).asString(UTF_8).isEqualTo("bad");
    assertThat(dead.getProps().getHeaders()).containsKey("x-death");
  }

  @Test
  void every_event_can_be_read_again_from_the_log() throws Exception {
    declareAll();
    for (String body : List.of("one", "two")) {
      lab.channel.basicPublish(
          Topology.EVENTS, "any.key", MessageProperties.PERSISTENT_BASIC, body.getBytes(UTF_8));
    }
    for (int reader = 0; reader < 2; reader++) {
      assertThat(log(2)).containsExactly("one", "two");
    }
  }

  @Test
  void a_log_with_other_bounds_is_used_as_it_is() throws Exception {
    lab.channel.queueDeclare(
        Topology.EVENT_LOG,
        true,
        false,
        false,
        Map.of("x-queue-type", "stream", "x-max-age", "1D"));
    declareAll();
    lab.channel.basicPublish(
        Topology.EVENTS, "k", true, MessageProperties.PERSISTENT_BASIC, "x".getBytes(UTF_8));
    assertThat(log(1)).containsExactly("x");
  }

  @Test
  void a_command_queue_without_the_dead_letter_exchange_is_not_accepted() throws Exception {
    lab.channel.queueDeclare(CommandQueue.ANY.queue(BrokerLab.HOST), true, false, false, Map.of());
    assertThatThrownBy(() -> lab.topology().declareCommands(lab.connection()))
        .isInstanceOf(DeclaredOtherwise.class)
        .hasMessageContaining("Queue 'cetak.commands.any' exists with other properties than")
        .hasMessageContaining("inequivalent arg");
  }

  /** What the log has, from its beginning, as soon as it has so many. */
  private List<String> log(int count) throws IOException {
    List<String> seen = new CopyOnWriteArrayList<>();
    lab.channel.basicQos(10);
    String tag =
        lab.channel.basicConsume(
            Topology.EVENT_LOG,
            false,
            Map.of("x-stream-offset", "first"),
            (consumer, delivery) -> {
              seen.add(new String(delivery.getBody(), UTF_8));
              lab.channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
            },
            consumer -> {});
    await().atMost(Duration.ofSeconds(60)).until(() -> seen.size() >= count);
    lab.channel.basicCancel(tag);
    return List.copyOf(seen);
  }

  private void declareAll() throws IOException {
    lab.topology().declareCommands(lab.connection());
    lab.topology().declarePublished(lab.connection());
  }
}
