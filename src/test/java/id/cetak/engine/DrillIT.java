package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import id.cetak.hypervisor.Barrier;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import id.cetak.template.BarrierDrill;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Drills on a real broker and a real database, over a barrier that loses layers on request. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class DrillIT {
  private static final Duration SOON = Duration.ofMinutes(2);

  private static Broker broker;

  @Inject BarrierDrill drill;

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
    FakeHost.BARRIER.repair();
  }

  @Test
  void a_sound_version_is_verified_and_every_layer_told() {
    seal("dr-sound");
    Broker.Seen done = run("any", Commands.drill("dr-sound-1", "dr-sound"), "dr-sound-1");
    assertThat(done.type()).as(done.body()).isEqualTo("cetak.drill.completed");
    assertThat(done.data().get("verified").asInt()).isEqualTo(1);
    assertThat(done.data().get("broken").asInt()).isZero();
    assertThat(done.data().get("hosts")).hasSize(1);
    JsonNode verified = told("cetak.barrier.verified", "dr-sound").data();
    assertThat(verified.get("content").asText()).isEqualTo("same");
    assertThat(verified.get("layers")).hasSize(3).allMatch(layer -> layer.get("holds").asBoolean());
    assertThat(broker.outcomeIds().get("dr-sound-1")).hasSize(1);
  }

  @Test
  void a_missing_layer_is_named_with_its_remedy_and_the_version_stays() {
    seal("dr-broken");
    FakeHost.BARRIER.lose(Barrier.Layer.IMMUTABLE);
    Broker.Seen done =
        run("host.engine", Commands.drill("dr-broken-1", "dr-broken"), "dr-broken-1");
    assertThat(done.data().get("broken").asInt()).isEqualTo(1);
    JsonNode broken = told("cetak.barrier.broken", "dr-broken").data();
    for (JsonNode layer : broken.get("layers")) {
      boolean lost = layer.get("layer").asText().equals("IMMUTABLE");
      assertThat(layer.get("holds").asBoolean()).isEqualTo(!lost);
      assertThat(layer.has("remedy")).isEqualTo(lost);
    }
    assertThat(rows("dr-broken")).containsExactly("SEALED true");

    FakeHost.BARRIER.repair();
    run("host.engine", Commands.drill("dr-broken-2", "dr-broken"), "dr-broken-2");
    assertThat(rows("dr-broken")).containsExactly("SEALED false");
  }

  @Test
  void a_version_whose_content_changed_is_quarantined_by_its_drill() throws IOException {
    seal("dr-changed");
    Files.writeString(image("dr-changed"), "#", StandardOpenOption.APPEND);
    run("host.engine", Commands.drill("dr-changed-1", "dr-changed"), "dr-changed-1");
    assertThat(told("cetak.barrier.broken", "dr-changed").data().get("content").asText())
        .isEqualTo("changed");
    assertThat(told("cetak.template.quarantined", "dr-changed").data().get("cause").asText())
        .isEqualTo("changed");
  }

  @Test
  void a_version_with_other_times_and_the_same_content_is_known_again() throws IOException {
    seal("dr-known");
    Files.setLastModifiedTime(image("dr-known"), java.nio.file.attribute.FileTime.fromMillis(0));
    run("host.engine", Commands.drill("dr-known-1", "dr-known"), "dr-known-1");
    assertThat(told("cetak.barrier.verified", "dr-known")).isNotNull();
    Broker.Seen clone =
        run(
            "host.engine",
            Commands.clone("dr-known-2", "dr-known", "dr-known-2", ""),
            "dr-known-2");
    assertThat(clone.type()).as(clone.body()).isEqualTo("cetak.clone.completed");
  }

  @Test
  void a_template_that_nobody_has_is_refused() {
    Broker.Seen failed = run("any", Commands.drill("dr-none-1", "dr-none"), "dr-none-1");
    assertThat(failed.type()).isEqualTo("cetak.drill.failed");
    assertThat(failed.data().get("code").asText()).isEqualTo("TEMPLATE_UNKNOWN");
  }

  @Test
  void a_version_whose_turn_it_is_is_drilled_without_a_command_and_then_left_alone() {
    seal("dr-due");
    Witness.change(
        "update template_version set sealed_at = sealed_at - interval '25 hours' where template ="
            + " 'dr-due'");
    drill.drillWhenDue();
    told("cetak.barrier.verified", "dr-due");
    drill.drillWhenDue();
    assertThat(
            Witness.rows(
                "select message_id from outbox where routing_key = 'barrier.verified' and order_key"
                    + " = 'dr-due'"))
        .hasSize(1);
  }

  private static List<String> rows(String template) {
    return Witness.rows(
        "select state || ' ' || barrier_broken from template_version where template = '%s'"
            .formatted(template));
  }

  private static Path image(String template) {
    UUID version =
        UUID.fromString(
            Witness.rows(
                    "select id::text from template_version where template = '%s'"
                        .formatted(template))
                .get(0));
    return FakeHost.BARRIER.folder(version).resolve("disk-0.qcow2");
  }

  private static Broker.Seen told(String type, String template) {
    return broker.event(
        seen -> seen.type().equals(type) && seen.data().path("template").asText().equals(template),
        SOON);
  }

  private static void seal(String template) {
    FakeHost.golden(template);
    String id = template + "-seal";
    Broker.Seen outcome = run("host.engine", Commands.sysprep(id, template, template, ""), id);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.template.sealed");
  }

  private static Broker.Seen run(String key, String command, String id) {
    broker.send(key, command);
    return broker.outcome(id, SOON);
  }
}
