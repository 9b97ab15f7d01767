package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import id.cetak.hypervisor.DomainRecords;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Dry runs on a real broker and a real database: what they say, and that they touch nothing. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class PreflightIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Set<String> LOOKS =
      Set.of("version", "domainTypes", "domains", "find", "holder", "records", "networkExists");

  private static final String DRY = ", \"dryRun\": true";

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
    FakeHost.HYPERVISOR.canRun("qemu", "kvm");
    FakeHost.IMAGES.freeBytes(1L << 40);
  }

  @Test
  void a_dry_run_says_the_plan_and_touches_nothing() {
    seal("pf-plain");
    run(Commands.clone("pf-plain-1", "pf-plain", "pf-plain-1", ""), "pf-plain-1");
    JsonNode linked = dry(Commands.clone("pf-2-dry", "pf-plain", "pf-2", DRY), "pf-2-dry");
    assertThat(linked.get("wouldSucceed").asBoolean()).isTrue();
    assertThat(linked.get("command").asText()).isEqualTo("clone");
    assertThat(codes(linked, "slow")).containsExactly("NO_KVM");
    assertThat(linked.get("plan").get("version").asInt()).isEqualTo(1);
    assertThat(linked.get("plan").get("disk").asText()).isEqualTo("linked");
    assertThat(linked.get("plan").get("host").asText()).isEqualTo("engine");
    JsonNode forecast = linked.get("forecast");
    assertThat(forecast.get("bytes").asLong()).isEqualTo(3 << 20);
    assertThat(forecast.get("inodes").asLong()).isEqualTo(6);
    assertThat(forecast.get("milliseconds").asLong()).isPositive();
    assertThat(forecast.get("from").asText())
        .contains("the last 1 linked clones of template 'pf-plain' on host engine");

    String full = DRY + ", \"disk\": \"full\"";
    JsonNode copied = dry(Commands.clone("pf-3-dry", "pf-plain", "pf-3", full), "pf-3-dry");
    assertThat(codes(copied, "slow")).contains("BYTES_COPIED");
    assertThat(copied.get("plan").get("copy").get("method").asText()).isEqualTo("sparse");
    assertThat(copied.get("plan").get("copy").get("reason").asText()).contains("shares no blocks");
    // What it said is what the command does.
    Broker.Seen done = run(Commands.clone("pf-2", "pf-plain", "pf-2", ""), "pf-2");
    assertThat(done.type()).isEqualTo("cetak.clone.completed");
  }

  @Test
  void everything_that_is_wrong_with_a_clone_is_said_at_once() {
    seal("pf-wrong");
    run(Commands.clone("pf-taken", "pf-wrong", "pf-taken", ""), "pf-taken");
    FakeHost.IMAGES.freeBytes(1L << 30);
    FakeHost.HYPERVISOR.canRun("kvm");
    JsonNode wrong =
        dry(
            Commands.clone(
                "pf-wrong-dry",
                "pf-wrong",
                "pf-taken",
                DRY + ", \"network\": \"no-such\", \"deadline\": \"2020-01-01T00:00:00Z\""),
            "pf-wrong-dry");
    assertThat(wrong.get("wouldSucceed").asBoolean()).isFalse();
    // The name twice: a domain of this host has it, and an entry of the fleet.
    assertThat(codes(wrong, "refused"))
        .containsExactlyInAnyOrder(
            "NAME_TAKEN", "NAME_TAKEN", "NETWORK_UNKNOWN", "HYPERVISOR_REFUSED", "DEADLINE_PASSED");
    assertThat(codes(wrong, "waits")).containsExactly("NO_SPACE");
    assertThat(wrong.get("findings"))
        .allMatch(finding -> !finding.get("reason").asText().isBlank())
        .allMatch(finding -> !finding.get("remedy").asText().isBlank());
    Broker.Seen real =
        run(
            Commands.clone("pf-wrong-1", "pf-wrong", "pf-taken", ", \"network\": \"no-such\""),
            "pf-wrong-1");
    assertThat(codes(wrong, "refused")).contains(real.data().get("code").asText());
  }

  @Test
  void an_unknown_template_and_a_taken_name_are_both_said() {
    FakeHost.golden("pf-holder");
    JsonNode wrong = dry(Commands.clone("pf-none-dry", "pf-none", "pf-holder", DRY), "pf-none-dry");
    assertThat(codes(wrong, "refused")).containsExactlyInAnyOrder("TEMPLATE_UNKNOWN", "NAME_TAKEN");
    assertThat(wrong.get("forecast").has("bytes")).isFalse();
  }

  @Test
  void a_changed_version_is_refused_and_not_quarantined() throws Exception {
    seal("pf-changed");
    Path image =
        FakeHost.BARRIER
            .folder(
                java.util.UUID.fromString(
                    Witness.rows(
                            "select id::text from template_version where template = 'pf-changed'")
                        .get(0)))
            .resolve("disk-0.qcow2");
    FileTime sealed = Files.getLastModifiedTime(image);
    Files.setLastModifiedTime(image, FileTime.fromMillis(0));
    JsonNode wrong =
        dry(Commands.clone("pf-changed-dry", "pf-changed", "pf-changed-1", DRY), "pf-changed-dry");
    assertThat(codes(wrong, "refused")).containsExactly("TEMPLATE_QUARANTINED");
    assertThat(Witness.rows("select state from template_version where template = 'pf-changed'"))
        .containsExactly("SEALED");
    Files.setLastModifiedTime(image, sealed);
  }

  @Test
  void a_template_that_is_being_sealed_makes_a_clone_wait_and_says_for_whom() {
    seal("pf-locked");
    CountDownLatch go = new CountDownLatch(1);
    FakeHost.GUESTS.duringSysprep(
        stop -> {
          while (go.getCount() > 0) {
            stop.check();
            LockSupport.parkNanos(20_000_000);
          }
        });
    FakeHost.golden("pf-locked-next");
    broker.send("host.engine", Commands.sysprep("pf-locked-2", "pf-locked-next", "pf-locked", ""));
    await()
        .atMost(SOON)
        .until(
            () ->
                !Witness.rows(
                        "select 1 from job_step s join job j on j.id = s.job_id where command_id ="
                            + " 'pf-locked-2' and step = 'overlay'")
                    .isEmpty());
    broker.send("host.engine", Commands.clone("pf-locked-dry", "pf-locked", "pf-l-1", DRY));
    JsonNode waits = broker.outcome("pf-locked-dry", SOON).data();
    assertThat(waits.get("wouldSucceed").asBoolean()).isTrue();
    assertThat(codes(waits, "waits")).containsExactly("IN_USE");
    assertThat(waits.get("findings").get(0).get("reason").asText())
        .contains("sysprep 'pf-locked-2' on host engine holds it");
    go.countDown();
    broker.outcome("pf-locked-2", SOON);
  }

  @Test
  void everything_that_forbids_a_seal_is_said_each_with_its_remedy() {
    FakeHost.golden("pf-unfit");
    var domain = FakeHost.HYPERVISOR.find("pf-unfit").orElseThrow();
    FakeHost.HYPERVISOR.record(domain.uuid(), new DomainRecords(true, true, 2, 0));
    FakeHost.HYPERVISOR.canRun("qemu");
    JsonNode unfit =
        dry(Commands.sysprep("pf-unfit-dry", "pf-unfit", "pf-unfit", DRY), "pf-unfit-dry");
    assertThat(unfit.get("wouldSucceed").asBoolean()).isFalse();
    assertThat(codes(unfit, "refused"))
        .containsExactly("DOMAIN_UNFIT", "DOMAIN_UNFIT", "DOMAIN_UNFIT");
    assertThat(unfit.get("findings").toString())
        .contains("virsh managedsave-remove pf-unfit", "2 snapshots", "autostart --disable");
    assertThat(codes(unfit, "slow")).containsExactly("NO_KVM");
    assertThat(codes(unfit, "note")).containsExactly("GUEST_UNREAD");
  }

  @Test
  void a_dry_run_of_a_seal_takes_no_version_number() {
    FakeHost.golden("pf-seal");
    for (String id : List.of("pf-seal-dry-1", "pf-seal-dry-2")) {
      JsonNode good = dry(Commands.sysprep(id, "pf-seal", "pf-seal", DRY), id);
      assertThat(good.get("wouldSucceed").asBoolean()).as(good.toString()).isTrue();
      assertThat(good.get("plan").get("version").asInt()).isEqualTo(1);
      assertThat(good.get("forecast").get("bytes").asLong()).isEqualTo(1 << 20);
    }
    Broker.Seen sealed = run(Commands.sysprep("pf-seal-1", "pf-seal", "pf-seal", ""), "pf-seal-1");
    assertThat(sealed.data().get("version").asInt()).isEqualTo(1);
  }

  @Test
  void a_batch_is_asked_about_with_all_its_names_and_all_its_room() {
    seal("pf-batch");
    FakeHost.golden("pf-b-2");
    JsonNode batch =
        dry(
            """
            {"command": "clone-batch", "id": "pf-batch-dry", "template": "pf-batch", "count": 3, "names": "pf-b-%d", "dryRun": true}\
            """,
            "pf-batch-dry");
    assertThat(batch.get("command").asText()).isEqualTo("clone-batch");
    assertThat(codes(batch, "refused")).containsExactly("NAME_TAKEN");
    assertThat(batch.get("findings").get(0).get("reason").asText()).contains("pf-b-2");
    assertThat(batch.get("forecast").get("bytes").asLong()).isEqualTo(3 * (3 << 20));
    assertThat(batch.get("plan").get("clones").asInt()).isEqualTo(3);
  }

  @Test
  void a_question_and_its_command_have_different_ids_and_a_question_is_answered_again() {
    seal("pf-twice");
    String question = Commands.clone("pf-twice-1", "pf-twice", "pf-twice-1", DRY);
    Broker.Seen first = run(question, "pf-twice-1");
    broker.send("host.engine", question);
    await().atMost(SOON).until(() -> broker.outcomes("pf-twice-1").size() == 2);
    assertThat(broker.outcomes("pf-twice-1").get(1).body()).isEqualTo(first.body());
    broker.send("host.engine", Commands.clone("pf-twice-1", "pf-twice", "pf-twice-1", ""));
    Broker.Seen refused =
        broker.event(
            seen ->
                seen.type().equals("cetak.command.rejected")
                    && seen.commandId().equals("pf-twice-1"),
            SOON);
    assertThat(refused.data().get("code").asText()).isEqualTo("ID_REUSED");
  }

  /** The answer; and nothing is other than it was. */
  private static JsonNode dry(String command, String id) {
    // Messages of earlier tests that are still on their way would look like a change.
    await()
        .atMost(SOON)
        .until(() -> Witness.rows("select 1 from outbox where sent_at is null").isEmpty());
    World before = World.now();
    FakeHost.HYPERVISOR.forgetCalls();
    FakeHost.IMAGES.forgetCalls();
    Broker.Seen outcome = run(command, id);
    assertThat(FakeHost.HYPERVISOR.calls()).isSubsetOf(LOOKS);
    assertThat(FakeHost.IMAGES.calls()).isSubsetOf("inspect", "wouldCopy");
    assertThat(World.now()).isEqualTo(before);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.preflight.completed");
    return outcome.data();
  }

  private static List<String> codes(JsonNode data, String severity) {
    return StreamSupport.stream(data.get("findings").spliterator(), false)
        .filter(finding -> finding.get("severity").asText().equals(severity))
        .map(finding -> finding.get("code").asText())
        .collect(Collectors.toList());
  }

  private static void seal(String template) {
    FakeHost.golden(template);
    String id = template + "-seal";
    Broker.Seen outcome = run(Commands.sysprep(id, template, template, ""), id);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.template.sealed");
  }

  private static Broker.Seen run(String command, String id) {
    broker.send("host.engine", command);
    return broker.outcome(id, SOON);
  }
}
