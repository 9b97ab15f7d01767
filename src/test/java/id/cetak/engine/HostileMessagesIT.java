package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import id.cetak.engine.HostileMessages.Hostile;
import id.cetak.failure.FailureCode;
import id.cetak.fuzz.Claims;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** Twenty thousand messages of people who mean no good, on all three queues at once. */
@QuarkusTest
@QuarkusTestResource(value = HostileResource.class, restrictToAnnotatedClass = true)
@SuppressWarnings("NullAway.Init") // Quarkus sets the address
class HostileMessagesIT {
  private static final int MESSAGES = 20_000;
  private static final int UNCONFIRMED = 500;
  private static final long SEED = 11;
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration POLL = Duration.ofMillis(250);

  @TestHTTPResource("/q/health/ready")
  URI ready;

  @ConfigProperty(name = "cetak.intake.max-body-bytes")
  int maxBodyBytes;

  private final Map<String, Delivery> dead = new ConcurrentHashMap<>();

  @Test
  void each_becomes_a_job_or_a_dead_letter_with_a_reason_and_a_good_command_is_answered()
      throws Exception {
    var hostile = new HostileMessages(SEED, maxBodyBytes);
    List<Hostile> messages = IntStream.range(0, MESSAGES).mapToObj(hostile::next).toList();
    try (Broker broker = new Broker(HostileResource.amqpUri())) {
      consumeDeadLetters(broker.open().getConnection().createChannel());
      publish(broker.open(), messages.subList(0, MESSAGES / 2));
      broker.send("host.engine", Commands.clone("good", "no-such-template", "good", ""));
      publish(broker.open(), messages.subList(MESSAGES / 2, MESSAGES));

      await("outcomes")
          .atMost(LONG)
          .pollInterval(POLL)
          .until(() -> dead.size() + jobs("true").size() >= MESSAGES);
      assertThat(broker.outcome("good", LONG).data().get("code").asText())
          .isEqualTo("TEMPLATE_UNKNOWN");
      await("ends of the jobs")
          .atMost(LONG)
          .pollInterval(POLL)
          .until(() -> jobs("state not in ('COMPLETED', 'FAILED', 'CANCELLED')").isEmpty());
    }
    judge(messages, new HashSet<>(jobs("true")));
    assertThat(status()).isEqualTo(200);
  }

  private void judge(List<Hostile> messages, Set<String> jobs) {
    assertThat(dead.keySet()).doesNotContainAnyElementsOf(jobs);
    assertThat(dead.size() + jobs.size()).isEqualTo(MESSAGES);
    int refused = 0;
    for (int n = 0; n < messages.size(); n++) {
      Hostile message = messages.get(n);
      Delivery letter = dead.get("hm-" + n);
      if (message.refusal() != null) {
        refused++;
        assertThat(jobs).as("jobs of what is no command").doesNotContain("hm-" + n);
        assertThat(letter).as("dead letter of %s", message.refusal()).isNotNull();
        assertThat(header(letter, "x-cetak-reason")).isEqualTo(message.refusal());
      }
      if (letter != null) {
        FailureCode.valueOf(header(letter, "x-cetak-code"));
        Claims.printable(header(letter, "x-cetak-reason"));
        assertThat(letter.getBody()).isEqualTo(message.body());
      }
    }
    assertThat(refused).as("messages that are no commands").isGreaterThan(MESSAGES / 2);
    assertThat(jobs).as("messages that are").hasSizeGreaterThan(100);
  }

  private static String header(Delivery letter, String name) {
    return String.valueOf(letter.getProperties().getHeaders().get(name));
  }

  private static void publish(Channel channel, List<Hostile> messages) throws Exception {
    channel.confirmSelect();
    for (int n = 0; n < messages.size(); n++) {
      Hostile message = messages.get(n);
      channel.basicPublish(
          "cetak.commands", message.key(), true, message.properties(), message.body());
      if (n % UNCONFIRMED == UNCONFIRMED - 1) {
        channel.waitForConfirmsOrDie(LONG.toMillis());
      }
    }
    channel.waitForConfirmsOrDie(LONG.toMillis());
  }

  private void consumeDeadLetters(Channel channel) throws Exception {
    channel.basicQos(1_000);
    channel.basicConsume(
        "cetak.commands.dead",
        false,
        (tag, letter) -> {
          dead.put(letter.getProperties().getCorrelationId(), letter);
          channel.basicAck(letter.getEnvelope().getDeliveryTag(), false);
        },
        tag -> {});
  }

  /** The hostile messages that became jobs, by their ids. */
  private static List<String> jobs(String condition) throws SQLException {
    String sql =
        "select command_id from job where command_id like 'hm-%' and command_id not like '%/%' and "
            + condition;
    try (Connection database =
            DriverManager.getConnection(
                HostileResource.jdbcUrl(), Containers.user(), Containers.password());
        ResultSet rows = database.createStatement().executeQuery(sql)) {
      List<String> jobs = new ArrayList<>();
      while (rows.next()) {
        jobs.add(rows.getString(1));
      }
      return jobs;
    }
  }

  private int status() throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
