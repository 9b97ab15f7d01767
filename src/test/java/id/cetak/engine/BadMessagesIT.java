package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.GetResponse;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages that are no commands: each lies among the dead letters with a reason, and nothing else
 * happens.
 */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class BadMessagesIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  static List<Arguments> badMessages() {
    return List.of(
        Arguments.of("not JSON", "clone me", "JSON"),
        Arguments.of("empty", "", "empty"),
        Arguments.of(
            "unknown field",
            "{\"command\":\"clone\",\"id\":\"b1\",\"template\":\"t\",\"name\":\"n\",\"colour\":1}",
            "colour"),
        Arguments.of(
            "wrong type",
            "{\"command\":\"clone\",\"id\":\"b2\",\"template\":\"t\",\"name\":\"n\",\"cpus\":\"two\"}",
            "cpus"),
        Arguments.of(
            "hostile name",
            "{\"command\":\"clone\",\"id\":\"b3\",\"template\":\"t\",\"name\":\"../../etc/passwd\"}",
            "name"),
        Arguments.of(
            "option as a name",
            "{\"command\":\"clone\",\"id\":\"b4\",\"template\":\"t\",\"name\":\"-rf\"}",
            "name"),
        Arguments.of("unknown command", "{\"command\":\"format\",\"id\":\"b5\"}", "format"),
        Arguments.of(
            "path as an image",
            "{\"command\":\"import\",\"id\":\"b6\",\"template\":\"t\",\"image\":\"../i.qcow2\"}",
            "image"),
        Arguments.of("no id", "{\"command\":\"clone\",\"template\":\"t\",\"name\":\"n\"}", "id"),
        Arguments.of("10 MB", "x".repeat(10 << 20), "262144"),
        Arguments.of("all that the broker takes", "x".repeat(16 << 20), "262144"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badMessages")
  void a_bad_message_is_dead_lettered_with_a_reason_and_touches_nothing(
      String what, String body, String words) throws Exception {
    try (Broker broker = new Broker(Containers.amqpUri())) {
      broker.drain("cetak.commands.dead");
      List<String> jobsBefore = Witness.rows("select command_id from job");
      FakeHost.HYPERVISOR.forgetCalls();
      FakeHost.IMAGES.forgetCalls();

      broker.send(
          "host.engine", body.getBytes(StandardCharsets.UTF_8), new AMQP.BasicProperties.Builder());

      List<GetResponse> dead = new ArrayList<>();
      await("dead letter")
          .atMost(SOON)
          .until(() -> dead.addAll(broker.drain("cetak.commands.dead")));
      Map<String, Object> headers = dead.get(0).getProps().getHeaders();
      assertThat(new String(dead.get(0).getBody(), StandardCharsets.UTF_8)).isEqualTo(body);
      assertThat(headers.get("x-cetak-code")).hasToString("INVALID");
      assertThat(headers.get("x-cetak-reason").toString()).contains(words).hasSizeGreaterThan(20);
      assertThat(
              broker.event(
                  e ->
                      e.type().equals("cetak.command.rejected")
                          && e.data().get("reason").asText().contains(words),
                  SOON))
          .isNotNull();
      assertThat(Witness.rows("select command_id from job")).isEqualTo(jobsBefore);
      assertThat(FakeHost.HYPERVISOR.calls())
          .doesNotContain("define", "start", "find", "exists", "holder", "domains", "undefine");
      assertThat(FakeHost.IMAGES.calls()).isEmpty();
    }
  }

  @Test
  void the_next_good_command_is_served() throws Exception {
    try (Broker broker = new Broker(Containers.amqpUri())) {
      for (int n = 0; n < 20; n++) {
        broker.send("any", "rubbish " + n);
        broker.send("host.engine", "{\"command\":");
      }
      broker.send(
          "host.engine", Commands.clone("after-rubbish", "no-such-template", "after-rubbish", ""));
      assertThat(broker.outcome("after-rubbish", SOON).data().get("code").asText())
          .isEqualTo("TEMPLATE_UNKNOWN");
    }
  }
}
