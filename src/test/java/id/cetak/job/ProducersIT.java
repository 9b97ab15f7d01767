package id.cetak.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import id.cetak.command.CommandReader;
import id.cetak.engine.FakeHost;
import id.cetak.lab.Broker;
import id.cetak.lab.BrokerUsers;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import id.cetak.producer.Sender;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may ask for what, on a real broker that vouches for its users, and a real database. */
@QuarkusTest
@QuarkusTestResource(value = ProducersResource.class, restrictToAnnotatedClass = true)
@SuppressWarnings("NullAway.Init") // the resource and each test set what they need
class ProducersIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  BrokerUsers users;

  private final Acceptance acceptance;
  private Broker events;
  private Broker lab7;
  private Broker lab8;

  @Inject
  ProducersIT(Acceptance acceptance) {
    this.acceptance = acceptance;
  }

  @BeforeEach
  void connect() {
    events = new Broker(users.uri(Containers.user()));
    lab7 = new Broker(users.uri("lab-7"));
    lab8 = new Broker(users.uri("lab-8"));
  }

  @AfterEach
  void disconnect() throws Exception {
    for (Broker broker : List.of(events, lab7, lab8)) {
      broker.close();
    }
  }

  @Test
  void what_is_granted_is_done_and_job_clone_and_event_say_who_asked() {
    seal("lab-a");
    send(lab7, "lab-7", "host.engine", Commands.clone("granted-1", "lab-a", "granted-1", ""));
    Broker.Seen done = events.outcome("granted-1", SOON);
    assertThat(done.type()).as(done.body()).isEqualTo("cetak.clone.completed");
    assertThat(done.data().get("producer").asText()).isEqualTo("lab-7");
    assertThat(Witness.rows("select producer from job where command_id = 'granted-1'"))
        .containsExactly("lab-7");
    assertThat(Witness.rows("select producer from clone where name = 'granted-1'"))
        .containsExactly("lab-7");
    send(lab7, "lab-7", "host.engine", Commands.delete("granted-1-gone", "name", "granted-1"));
    assertThat(events.outcome("granted-1-gone", SOON).type()).isEqualTo("cetak.clone.deleted");
  }

  @Test
  void what_is_not_granted_is_refused_before_it_is_a_job_and_the_reason_says_who_what_and_how() {
    String clone = Commands.clone("denied-1", "lab-x", "denied-1", "");
    send(lab7, null, "host.engine", clone);
    assertThat(refusal("denied-1")).contains("clone 'denied-1'", "no property user-id", "Publish");
    send(events, Containers.user(), "host.engine", clone.replace("denied-1", "denied-2"));
    assertThat(refusal("denied-2")).contains("no producer 'cetak'", "cetak.producers.\"cetak\"");
    send(lab7, "lab-7", "host.engine", Commands.clone("denied-3", "other", "denied-3", ""));
    assertThat(refusal("denied-3"))
        .contains("'lab-7'", "template 'other'", "lab-*", "cetak.producers.\"lab-7\".templates");
    send(lab7, "lab-7", "any", Commands.clone("denied-4", "lab-x", "denied-4", ""));
    assertThat(refusal("denied-4")).contains("to any host", ".hosts");
    send(lab7, "lab-7", "host.engine", Commands.sysprep("denied-5", "vm", "lab-x", ""));
    assertThat(refusal("denied-5")).contains("the command sysprep", ".commands");
    send(lab7, "lab-7", "host.engine", "{\"command\":\"audit\",\"id\":\"denied-6\"}");
    assertThat(refusal("denied-6")).contains("the command audit");
    assertThat(Witness.rows("select 1 from job where command_id like 'denied-%'")).isEmpty();
  }

  @Test
  void a_producer_that_names_another_in_a_header_stays_who_it_is() {
    lab7.send(
        "host.engine",
        Commands.clone("forged-1", "other", "forged-1", "").getBytes(UTF_8),
        new AMQP.BasicProperties.Builder()
            .userId("lab-7")
            .headers(Map.of("x-cetak-producer", "lab-8", "x-cetak-tried", "hv2")));
    assertThat(refusal("forged-1")).contains("producer 'lab-7' is not granted template 'other'");
  }

  @Test
  void no_producer_touches_what_is_of_another() {
    seal("lab-b");
    send(lab8, "lab-8", "any", Commands.clone("mine-1", "lab-b", "mine-1", ""));
    assertThat(events.outcome("mine-1", SOON).type()).isEqualTo("cetak.clone.completed");
    send(lab7, "lab-7", "host.engine", Commands.delete("theft-1", "name", "mine-1"));
    assertThat(refusal("theft-1")).contains("clone 'mine-1' is not one that producer 'lab-7'");
    send(lab7, "lab-7", "control", Commands.cancel("theft-2", "mine-1"));
    assertThat(refusal("theft-2")).contains("command 'mine-1' is not one that producer 'lab-7'");
    send(lab7, "lab-7", "control", Commands.cancel("theft-3", "mine-2"));
    assertThat(events.outcome("theft-3", SOON).data().get("outcome").asText())
        .isEqualTo("not-seen-yet");
    send(lab8, "lab-8", "any", Commands.clone("mine-2", "lab-b", "mine-2", ""));
    assertThat(events.outcome("mine-2", SOON).type()).isEqualTo("cetak.clone.completed");
    send(lab7, "lab-7", "host.engine", Commands.clone("mine-2", "lab-b", "mine-2", ""));
    assertThat(rejected("mine-2").data().get("code").asText()).isEqualTo("ID_REUSED");
    send(lab8, "lab-8", "any", Commands.delete("mine-1-gone", "name", "mine-1"));
    assertThat(events.outcome("mine-1-gone", SOON).type()).isEqualTo("cetak.clone.deleted");
  }

  @Test
  void a_quota_counts_what_stands_and_what_is_asked_for_and_a_repetition_never() {
    seal("lab-c");
    for (int n = 0; n < 5; n++) {
      send(lab7, "lab-7", "host.engine", Commands.clone("full-" + n, "lab-c", "full-" + n, ""));
    }
    for (int n = 0; n < 3; n++) {
      assertThat(events.outcome("full-" + n, SOON).type()).isEqualTo("cetak.clone.completed");
    }
    for (int n = 3; n < 5; n++) {
      assertThat(rejected("full-" + n).data().get("code").asText()).isEqualTo("QUOTA_EXCEEDED");
      assertThat(rejected("full-" + n).data().get("reason").asText())
          .contains("'lab-7' has 3 of 3 clones", "Delete some", "\"lab-7\".open-clones");
    }
    send(lab7, "lab-7", "host.engine", Commands.clone("full-0", "lab-c", "full-0", ""));
    send(lab7, "lab-7", "host.engine", Commands.delete("full-gone", "name", "full-1"));
    assertThat(events.outcome("full-gone", SOON).type()).isEqualTo("cetak.clone.deleted");
    send(lab7, "lab-7", "host.engine", Commands.clone("full-5", "lab-c", "full-5", ""));
    assertThat(events.outcome("full-5", SOON).type()).isEqualTo("cetak.clone.completed");
    assertThat(events.events().stream().filter(e -> e.commandId().equals("full-0")))
        .noneMatch(e -> e.type().equals("cetak.command.rejected"));
    for (String name : List.of("full-0", "full-2", "full-5")) {
      send(lab7, "lab-7", "host.engine", Commands.delete(name + "-gone", "name", name));
      assertThat(events.outcome(name + "-gone", SOON).type()).isEqualTo("cetak.clone.deleted");
    }
  }

  @Test
  void workers_that_accept_at_once_never_let_more_than_the_quota_in() throws Exception {
    seal("lab-d");
    ExecutorService workers = Executors.newFixedThreadPool(8);
    List<Future<Integer>> accepted = new ArrayList<>();
    for (int n = 0; n < 16; n++) {
      int first = n * 4;
      accepted.add(
          workers.submit(
              () ->
                  acceptance
                      .accept(
                          IntStream.range(first, first + 4)
                              .mapToObj(i -> arrival("many-" + i, "many"))
                              .toList())
                      .queued()));
    }
    int jobs = 0;
    for (Future<Integer> one : accepted) {
      jobs += one.get();
    }
    workers.shutdown();
    assertThat(jobs).isEqualTo(10);
  }

  private Arrival arrival(String id, String producer) {
    Arrival arrival =
        new Arrival(
            new Delivery(
                Commands.clone(id, "lab-d", id, "").getBytes(UTF_8),
                Delivery.Source.HOST,
                null,
                null,
                null,
                Map.of(),
                new Sender(producer, false)));
    arrival.read(new CommandReader(262_144));
    return arrival;
  }

  private void seal(String template) {
    FakeHost.golden(template);
    send(
        lab8, "lab-8", "host.engine", Commands.sysprep(template + "-seal", template, template, ""));
    Broker.Seen outcome = events.outcome(template + "-seal", SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.template.sealed");
  }

  private String refusal(String command) {
    Broker.Seen rejected = rejected(command);
    assertThat(rejected.data().get("code").asText()).isEqualTo("NOT_ALLOWED");
    return rejected.data().get("reason").asText();
  }

  private Broker.Seen rejected(String command) {
    return events.event(
        e -> e.type().equals("cetak.command.rejected") && e.commandId().equals(command), SOON);
  }

  private static void send(Broker broker, @Nullable String user, String key, String body) {
    broker.send(key, body.getBytes(UTF_8), new AMQP.BasicProperties.Builder().userId(user));
  }
}
