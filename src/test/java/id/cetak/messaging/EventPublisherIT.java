package id.cetak.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import id.cetak.lab.TcpProxy;
import id.cetak.outbox.MessagePublisher.Fate;
import id.cetak.outbox.OutboundMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EventPublisherIT {
  private BrokerLab lab;
  private TcpProxy proxy;
  private EventPublisher publisher;

  @BeforeEach
  void publish_through_a_proxy() throws IOException {
    lab = new BrokerLab();
    proxy = new TcpProxy(BrokerLab.rabbit().host(), BrokerLab.rabbit().port());
    publisher =
        BrokerLab.publisher(BrokerLab.rabbit().by(proxy.localPort()), Duration.ofSeconds(3));
  }

  @AfterEach
  void end() throws IOException {
    publisher.end();
    proxy.close();
    lab.close();
  }

  @Test
  void message_whose_headers_exceed_a_frame_is_returned_and_holds_up_no_other() throws IOException {
    lab.topology().declarePublished(lab.connection());
    String queue = lab.listen(Topology.EVENTS, "clone.*");
    OutboundMessage sound = withHeaders(Map.of());
    OutboundMessage large = withHeaders(Map.of("h", "x".repeat(200_000)));
    assertThat(publisher.publish(List.of(large, sound)))
        .containsExactly(Fate.RETURNED, Fate.CONFIRMED);
    assertThat(lab.get(queue).getProps().getMessageId()).isEqualTo(sound.messageId());
  }

  private static OutboundMessage withHeaders(Map<String, String> headers) {
    return new OutboundMessage(
        UUID.randomUUID().toString(),
        "k",
        Topology.EVENTS,
        "clone.completed",
        "application/cloudevents+json",
        "corr",
        null,
        headers,
        "one".getBytes(UTF_8),
        false);
  }

  @Test
  void messages_arrive_in_order_with_all_their_properties() throws IOException {
    lab.topology().declarePublished(lab.connection());
    String queue = lab.listen(Topology.EVENTS, "clone.*");
    OutboundMessage first =
        new OutboundMessage(
            UUID.randomUUID().toString(),
            "k",
            Topology.EVENTS,
            "clone.completed",
            "application/cloudevents+json",
            "corr",
            null,
            Map.of("traceparent", "00-x"),
            "one".getBytes(UTF_8),
            false);
    assertThat(publisher.publish(List.of(first, event("two"), event("three"))))
        .containsExactly(Fate.CONFIRMED, Fate.CONFIRMED, Fate.CONFIRMED);

    GetResponse got = lab.get(queue);
    assertThat(got.getBody()).asString(UTF_8).isEqualTo("one");
    assertThat(got.getProps().getDeliveryMode()).isEqualTo(2);
    assertThat(got.getProps().getMessageId()).isEqualTo(first.messageId());
    assertThat(got.getProps().getContentType()).isEqualTo("application/cloudevents+json");
    assertThat(got.getProps().getCorrelationId()).isEqualTo("corr");
    assertThat(got.getProps().getReplyTo()).isNull();
    assertThat(got.getProps().getHeaders().get("traceparent")).hasToString("00-x");
    assertThat(lab.get(queue).getBody()).asString(UTF_8).isEqualTo("two");
    assertThat(lab.get(queue).getBody()).asString(UTF_8).isEqualTo("three");
  }

  @Test
  void to_wait_for_confirms_longer_than_a_transaction_may_rest_is_refused() {
    assertThatThrownBy(() -> BrokerLab.publisher(BrokerLab.rabbit(), Duration.ofSeconds(16)))
        .hasMessageContaining("cetak.outbox.confirm-timeout is PT16S, and may be at most PT15S");
  }

  @Test
  void a_message_that_no_queue_takes_is_returned_and_the_others_are_confirmed() {
    String id = UUID.randomUUID().toString();
    OutboundMessage event = message(id, Topology.EVENTS, "clone.completed", "x", false);
    OutboundMessage reply = message(id, "", "gone." + id, "x", true);
    assertThat(publisher.publish(List.of(event, reply, event("y"))))
        .containsExactly(Fate.CONFIRMED, Fate.RETURNED, Fate.CONFIRMED);
  }

  @Test
  void a_confirm_that_is_lost_leaves_the_message_in_doubt_and_the_next_try_arrives()
      throws IOException {
    warmUp();
    String queue = lab.listen(Topology.EVENTS, "#");
    OutboundMessage event = event("x");
    proxy.swallowAnswers(true);
    assertThat(publisher.publish(List.of(event))).containsExactly(Fate.UNKNOWN);
    proxy.swallowAnswers(false);
    assertThat(publisher.publish(List.of(event))).containsExactly(Fate.CONFIRMED);

    assertThat(lab.get(queue).getProps().getMessageId()).isEqualTo(event.messageId());
    assertThat(lab.get(queue).getProps().getMessageId()).isEqualTo(event.messageId());
    assertThat(lab.get(queue)).isNull();
  }

  @Test
  void a_connection_that_breaks_while_the_confirms_are_awaited_ends_the_wait() throws IOException {
    publisher.end();
    publisher =
        BrokerLab.publisher(BrokerLab.rabbit().by(proxy.localPort()), Duration.ofSeconds(15));
    warmUp();
    String queue = lab.listen(Topology.EVENTS, "#");
    proxy.swallowAnswers(true);
    CompletableFuture<List<Fate>> round =
        CompletableFuture.supplyAsync(() -> publisher.publish(List.of(event("x"))));
    await().until(() -> lab.channel.messageCount(queue) == 1);
    proxy.cut();
    assertThat(round).succeedsWithin(Duration.ofSeconds(8));
    assertThat(round.join()).containsExactly(Fate.UNKNOWN);
  }

  @Test
  void a_broker_that_is_away_is_in_doubt_at_once_and_found_again_when_it_is_back() {
    warmUp();
    proxy.refuse(true);
    for (int i = 0; i < 20; i++) {
      assertThat(publisher.publish(List.of(event("x"), event("y"))))
          .containsExactly(Fate.UNKNOWN, Fate.UNKNOWN);
    }
    proxy.refuse(false);
    await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> publisher.publish(List.of(event("x"))).equals(List.of(Fate.CONFIRMED)));
  }

  @Test
  void a_message_that_the_broker_refuses_does_not_hold_up_the_others() {
    List<OutboundMessage> round =
        List.of(event("x"), to("cetak.no-such-exchange", "k"), event("y"), event("z"));
    assertThat(publisher.publish(round)).contains(Fate.UNKNOWN);
    assertThat(publisher.publish(round))
        .containsExactly(Fate.CONFIRMED, Fate.RETURNED, Fate.CONFIRMED, Fate.CONFIRMED);
    assertThat(publisher.publish(List.of(event("a"), event("b"))))
        .containsExactly(Fate.CONFIRMED, Fate.CONFIRMED);
  }

  @Test
  void a_message_that_cannot_be_written_does_not_hold_up_the_others() {
    assertThat(publisher.publish(List.of(event("x"), to("", "é".repeat(128)), event("y"))))
        .containsExactly(Fate.CONFIRMED, Fate.RETURNED, Fate.CONFIRMED);
  }

  @Test
  void an_exchange_that_somebody_deleted_is_declared_again() throws IOException {
    warmUp();
    lab.channel.exchangeDelete(Topology.EVENTS);
    assertThat(publisher.publish(List.of(event("x")))).containsExactly(Fate.RETURNED);
    assertThat(publisher.publish(List.of(event("x")))).containsExactly(Fate.CONFIRMED);
  }

  @Test
  void a_broker_short_of_memory_blocks_nobody_and_gets_the_messages_later() throws Exception {
    warmUp();
    List<OutboundMessage> big = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      big.add(event("x".repeat(1024 * 1024)));
    }
    BrokerLab.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "1");
    try {
      for (int i = 0; i < 3; i++) {
        long since = System.nanoTime();
        assertThat(publisher.publish(big)).contains(Fate.UNKNOWN);
        assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(10));
      }
    } finally {
      BrokerLab.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "1GiB");
    }
    await()
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> publisher.publish(List.of(event("x"))).equals(List.of(Fate.CONFIRMED)));
  }

  @Test
  void nothing_to_publish_is_nothing_done() {
    assertThat(publisher.publish(List.of())).isEmpty();
  }

  private void warmUp() {
    assertThat(publisher.publish(List.of(event("first")))).containsExactly(Fate.CONFIRMED);
  }

  private static OutboundMessage event(String body) {
    return message(UUID.randomUUID().toString(), Topology.EVENTS, "clone.completed", body, false);
  }

  private static OutboundMessage to(String exchange, String routingKey) {
    return message(UUID.randomUUID().toString(), exchange, routingKey, "x", false);
  }

  private static OutboundMessage message(
      String id, String exchange, String routingKey, String body, boolean mayVanish) {
    return new OutboundMessage(
        id,
        "k",
        exchange,
        routingKey,
        "text/plain",
        null,
        null,
        Map.of(),
        body.getBytes(UTF_8),
        mayVanish);
  }
}
