package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.GuestTools;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The engine on a real broker and a real database, over a host in memory that fails on request. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class EngineIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private static Broker broker;

  @BeforeAll
  static void connect() {
    broker = new Broker(Containers.amqpUri());
  }

  @AfterAll
  static void disconnect() throws Exception {
    broker.close();
  }

  @AfterEach
  void repair() {
    FakeHost.GUESTS.duringSysprep(stop -> {});
    FakeHost.GUESTS.find(new GuestTools.Check("machine-id", true, "empty"));
    FakeHost.BARRIER.repair();
  }

  @Test
  void a_seal_and_a_clone_end_with_their_events() {
    seal("plain");
    Broker.Seen cloned = run(Commands.clone("plain-1", "plain", "plain-1", ""), "plain-1");
    assertThat(cloned.type()).isEqualTo("cetak.clone.completed");
    assertThat(cloned.data().get("version").asInt()).isEqualTo(1);
    assertThat(cloned.properties().getMessageId()).isEqualTo(cloned.id());
  }

  @Test
  void a_clone_waits_parked_while_a_seal_runs_and_says_for_whom() {
    seal("parked");
    CountDownLatch go = FakeHost.holdSysprep();
    FakeHost.golden("parked-next");
    broker.send("host.engine", Commands.sysprep("parked-seal-2", "parked-next", "parked", ""));
    awaitState("parked-seal-2", "RUNNING");
    broker.send("host.engine", Commands.clone("parked-1", "parked", "parked-1", ""));
    awaitState("parked-1", "PARKED");
    assertThat(Witness.rows("select waits_for from job where command_id = 'parked-1'").get(0))
        .contains("'parked'", "sysprep 'parked-seal-2'", "on host engine", "holds it");
    assertThat(Witness.rows("select failures::text from job where command_id = 'parked-1'"))
        .containsExactly("0");
    go.countDown();
    assertThat(broker.outcome("parked-1", SOON).data().get("version").asInt()).isEqualTo(2);
  }

  @Test
  void a_waiting_seal_is_not_starved_by_a_stream_of_clones() {
    seal("stream");
    FakeHost.golden("stream-next");
    for (int n = 0; n < 30; n++) {
      broker.send("host.engine", Commands.clone("stream-" + n, "stream", "stream-" + n, ""));
      if (n == 5) {
        broker.send("host.engine", Commands.sysprep("stream-seal-2", "stream-next", "stream", ""));
      }
    }
    assertThat(broker.outcome("stream-seal-2", SOON).type()).isEqualTo("cetak.template.sealed");
    List<Integer> versions = new ArrayList<>();
    for (int n = 0; n < 30; n++) {
      versions.add(broker.outcome("stream-" + n, SOON).data().get("version").asInt());
    }
    assertThat(versions).as("clones after the seal take its version").contains(2);
  }

  @Test
  void a_cancelled_seal_stops_its_tool_and_leaves_nothing() {
    FakeHost.golden("stopped");
    FakeHost.holdSysprep();
    broker.send("host.engine", Commands.sysprep("stopped-1", "stopped", "stopped", ""));
    await()
        .atMost(SOON)
        .until(
            () ->
                FakeHost.GUESTS.calls().contains("sysprep")
                    && state("stopped-1").equals("RUNNING"));
    broker.send("control", Commands.cancel("stopped-cancel", "stopped-1"));
    Broker.Seen outcome = broker.outcome("stopped-1", SOON);
    assertThat(outcome.type()).isEqualTo("cetak.sysprep.failed");
    assertThat(outcome.data().get("code").asText()).isEqualTo("CANCELLED");
    assertThat(Witness.rows("select 1 from template_version where template = 'stopped'")).isEmpty();
    assertThat(FakeHost.HYPERVISOR.find("stopped")).isPresent();
  }

  @Test
  void a_failed_attestation_fails_the_seal_with_its_findings_and_leaves_the_domain() {
    FakeHost.golden("dirty");
    FakeHost.GUESTS.find(
        new GuestTools.Check("machine-id", false, "holds 32 characters"),
        new GuestTools.Check("hostname", true, "localhost"));
    Broker.Seen outcome = run(Commands.sysprep("dirty-1", "dirty", "dirty", ""), "dirty-1");
    assertThat(outcome.data().get("code").asText()).isEqualTo("ATTESTATION_FAILED");
    assertThat(outcome.data().get("reason").asText())
        .contains("machine-id", "holds 32 characters")
        .doesNotContain("hostname");
    assertThat(outcome.data().get("attestation")).hasSize(2);
    assertThat(FakeHost.HYPERVISOR.find("dirty")).isPresent();
  }

  @Test
  void a_missing_layer_of_the_barrier_refuses_the_seal_by_name() {
    FakeHost.golden("open");
    FakeHost.BARRIER.lose(Barrier.Layer.IMMUTABLE);
    Broker.Seen outcome = run(Commands.sysprep("open-1", "open", "open", ""), "open-1");
    assertThat(outcome.data().get("code").asText()).isEqualTo("BARRIER_MISSING");
    assertThat(outcome.data().get("reason").asText()).contains("IMMUTABLE");
  }

  @Test
  void a_failure_that_passes_is_tried_again_and_each_attempt_is_kept() {
    seal("flaky");
    FakeHost.HYPERVISOR.failBefore(
        "define", new Failure(FailureCode.HYPERVISOR_UNAVAILABLE, "libvirt does not answer."));
    Broker.Seen outcome = run(Commands.clone("flaky-1", "flaky", "flaky-1", ""), "flaky-1");
    assertThat(outcome.type()).isEqualTo("cetak.clone.completed");
    assertThat(outcome.data().get("attempts").asInt()).isEqualTo(2);
    assertThat(
            Witness.rows(
                "select f.step || ' ' || f.code from job_failure f join job j on j.id = f.job_id where command_id = 'flaky-1'"))
        .containsExactly("define HYPERVISOR_UNAVAILABLE");
  }

  @Test
  void an_unclear_outcome_is_looked_at_before_acting_again() {
    seal("unclear");
    FakeHost.HYPERVISOR.failAfter(
        "define", new Failure(FailureCode.OUTCOME_UNKNOWN, "the link broke."));
    assertThat(run(Commands.clone("unclear-1", "unclear", "unclear-1", ""), "unclear-1").type())
        .isEqualTo("cetak.clone.completed");
    assertThat(FakeHost.HYPERVISOR.domains().stream().filter(d -> d.name().equals("unclear-1")))
        .hasSize(1);
  }

  @Test
  void an_undo_that_fails_is_repeated_until_nothing_is_left() {
    seal("stubborn");
    FakeHost.HYPERVISOR.failBefore(
        "start", new Failure(FailureCode.HYPERVISOR_REFUSED, "no such machine type."));
    FakeHost.HYPERVISOR.failBefore(
        "undefine", new Failure(FailureCode.HYPERVISOR_UNAVAILABLE, "gone."));
    Broker.Seen outcome =
        run(
            Commands.clone("stubborn-1", "stubborn", "stubborn-1", ", \"start\": true"),
            "stubborn-1");
    assertThat(outcome.type()).isEqualTo("cetak.clone.failed");
    assertThat(outcome.data().get("code").asText()).isEqualTo("HYPERVISOR_REFUSED");
    assertThat(FakeHost.HYPERVISOR.find("stubborn-1")).isEmpty();
    assertThat(Witness.rows("select 1 from clone where name = 'stubborn-1'")).isEmpty();
  }

  @Test
  void a_name_that_is_taken_is_refused_with_its_holder() {
    seal("twins");
    run(Commands.clone("twins-1", "twins", "twin", ""), "twins-1");
    Broker.Seen refused = run(Commands.clone("twins-2", "twins", "twin", ""), "twins-2");
    assertThat(refused.data().get("code").asText()).isEqualTo("NAME_TAKEN");
    assertThat(refused.data().get("reason").asText()).contains("twin", "Choose another name");
  }

  @Test
  void a_deadline_ends_a_job_that_waits() {
    seal("late");
    CountDownLatch go = FakeHost.holdSysprep();
    FakeHost.golden("late-next");
    broker.send("host.engine", Commands.sysprep("late-seal-2", "late-next", "late", ""));
    awaitState("late-seal-2", "RUNNING");
    String deadline = java.time.Instant.now().plusSeconds(3).toString();
    Broker.Seen outcome =
        run(
            Commands.clone("late-1", "late", "late-1", ", \"deadline\": \"" + deadline + "\""),
            "late-1");
    assertThat(outcome.data().get("code").asText()).isEqualTo("DEADLINE_PASSED");
    go.countDown();
    broker.outcome("late-seal-2", SOON);
  }

  @Test
  void sixteen_threads_of_random_seals_clones_and_cancels_never_overlap() {
    seal("busy");
    long seed = Long.getLong("cetak.test.seed", System.nanoTime());
    Random random = new Random(seed);
    List<String> commands = new ArrayList<>();
    for (int n = 0; n < 80; n++) {
      String id = "busy-" + n;
      int kind = random.nextInt(10);
      if (kind < 2) {
        FakeHost.golden(id);
        broker.send("host.engine", Commands.sysprep(id, id, "busy", ""));
      } else {
        broker.send(
            "host.engine",
            Commands.clone(id, "busy", id, random.nextBoolean() ? ", \"disk\": \"full\"" : ""));
      }
      commands.add(id);
      if (kind == 9) {
        String target = commands.get(random.nextInt(commands.size()));
        broker.send("control", Commands.cancel(id + "-cancel", target));
        commands.add(id + "-cancel");
      }
    }
    for (String command : commands) {
      assertThat(broker.outcome(command, Duration.ofMinutes(2)).type())
          .as("seed %d", seed)
          .matches(
              "cetak\\.(clone\\.completed|clone\\.cancelled|template\\.sealed|sysprep\\.failed|cancel\\.completed)");
      assertThat(broker.outcomeIds().get(command)).as("seed %d", seed).hasSize(1);
    }
    assertThat(FakeHost.OVERLAPS.effects()).isGreaterThan(50);
    assertThat(FakeHost.OVERLAPS.found()).as("seed %d", seed).isEmpty();
    assertThat(Witness.rows("select 1 from template_lease where template = 'busy'")).isEmpty();
  }

  private static void seal(String template) {
    FakeHost.golden(template);
    String id = template + "-seal";
    broker.send("host.engine", Commands.sysprep(id, template, template, ""));
    Broker.Seen outcome = broker.outcome(id, SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.template.sealed");
  }

  private static Broker.Seen run(String command, String id) {
    broker.send("host.engine", command);
    return broker.outcome(id, SOON);
  }

  private static String state(String command) {
    return Witness.rows("select state from job where command_id = '" + command + "'").stream()
        .findFirst()
        .orElse("");
  }

  private static void awaitState(String command, String state) {
    await(command + " " + state).atMost(SOON).until(() -> state(command).equals(state));
  }
}
