package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.PowerState;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A version's later life on a real broker and a real database, over a host in memory. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class VersionsIT {
  private static final Duration SOON = Duration.ofSeconds(90);

  private static Broker broker;

  @BeforeAll
  static void connect() {
    broker = new Broker(Containers.amqpUri());
  }

  @AfterAll
  static void disconnect() throws Exception {
    broker.close();
  }

  @Test
  void a_clone_without_a_version_takes_the_one_that_was_sealed_or_promoted_last() {
    seal("latest", 3);
    assertThat(versionOf(clone("latest", "latest-a", ""))).isEqualTo(3);

    Broker.Seen promoted = version("promote", "latest", 1);
    assertThat(promoted.type()).isEqualTo("cetak.template.promoted");
    assertThat(promoted.data().get("previous").asInt()).isEqualTo(3);
    assertThat(versionOf(clone("latest", "latest-b", ""))).isEqualTo(1);

    seal("latest", 1);
    assertThat(versionOf(clone("latest", "latest-c", ""))).as("a new seal").isEqualTo(4);

    version("promote", "latest", 3);
    assertThat(version("recall", "latest", 3).data().get("latest").asInt())
        .as("the newest below it")
        .isEqualTo(2);
    version("promote", "latest", 1);
    assertThat(version("recall", "latest", 1).data().get("latest").asInt())
        .as("there is none below it")
        .isEqualTo(4);
    assertThat(versionOf(clone("latest", "latest-d", ""))).isEqualTo(4);
  }

  @Test
  void a_recalled_version_is_cast_from_no_more_and_its_clones_are_listed() {
    seal("recall", 2);
    String v2 = clone("recall", "recall-a", ", \"disk\": \"full\"").data().get("uuid").asText();
    clone("recall", "recall-b", "");
    clone("recall", "recall-c", ", \"version\": 1");
    broker.send(
        "any",
        """
        {"command": "recall", "id": "recall-1", "template": "recall", "version": 2, "reason": "bad key"}\
        """);
    Broker.Seen recalled = broker.outcome("recall-1", SOON);
    assertThat(recalled.type()).isEqualTo("cetak.template.recalled");
    assertThat(recalled.data().get("clones")).hasSize(2);
    assertThat(recalled.data().at("/clones/0/name").asText()).isEqualTo("recall-a");
    assertThat(recalled.data().at("/clones/0/uuid").asText()).isEqualTo(v2);
    assertThat(recalled.data().at("/clones/0/host").asText()).isEqualTo("engine");
    assertThat(recalled.data().at("/clones/0/disk").asText()).isEqualTo("full");
    assertThat(recalled.data().at("/clones/1/disk").asText()).isEqualTo("linked");

    assertRefused(clone("recall", "recall-d", ", \"version\": 2"), "VERSION_RECALLED", "bad key");
    assertRefused(version("promote", "recall", 2), "VERSION_RECALLED", "final");
    assertThat(versionOf(clone("recall", "recall-e", ""))).isEqualTo(1);
    Broker.Seen again = version("recall", "recall", 2);
    assertThat(again.data().get("cause").asText()).isEqualTo("bad key");
    assertThat(again.data().get("clones")).hasSize(2);
    assertRefused(version("recall", "recall", 9), "TEMPLATE_UNKNOWN", "recall@9");

    version("recall", "recall", 1);
    assertRefused(clone("recall", "recall-f", ""), "VERSION_RECALLED", "seal a new version");
    assertThat(barrierStands("recall", 2)).isTrue();
  }

  @Test
  void a_version_that_anything_lies_on_is_not_retired() {
    seal("needed", 1);
    clone("needed", "needed-a", "");
    clone("needed", "needed-b", ", \"disk\": \"full\"");
    Broker.Seen refused = version("retire", "needed", 1);
    assertRefused(refused, "HAS_DEPENDANTS", "clone needed-a on engine");
    assertThat(refused.data().get("dependants")).hasSize(1);

    Witness.change("update clone set state = 'DELETING', deleted_by = id where name = 'needed-a'");
    assertRefused(version("retire", "needed", 1), "HAS_DEPENDANTS", "needed-a");
    Witness.change("update clone set state = 'READY', deleted_by = null where name = 'needed-a'");
    send(Commands.delete("needed-a-over", "name", "needed-a"), "needed-a-over");

    Path byHand = FakeHost.DIRECTORY.resolve("vms/by-hand.qcow2");
    FakeHost.golden("by-hand");
    assertThat(byHand.toFile().delete()).isTrue();
    FakeHost.IMAGES.overlay(byHand, image("needed", 1), "qcow2", 0, () -> {});
    Broker.Seen foreign = version("retire", "needed", 1);
    assertRefused(foreign, "HAS_DEPENDANTS", "domain 'by-hand' on engine, disk " + byHand);
    assertThat(foreign.data().at("/dependants/0/disk").asText()).isEqualTo("foreign");
    FakeHost.HYPERVISOR.undefine(FakeHost.HYPERVISOR.find("by-hand").orElseThrow().uuid());

    FakeHost.IMAGES.inUse(image("needed", 1), true);
    assertRefused(version("retire", "needed", 1), "HAS_DEPENDANTS", "a running QEMU has");
    assertThat(barrierStands("needed", 1)).isTrue();
    FakeHost.IMAGES.inUse(image("needed", 1), false);
    assertThat(version("retire", "needed", 1).type()).isEqualTo("cetak.template.retired");
  }

  @Test
  void a_retired_version_is_gone_and_says_so() {
    seal("gone", 2);
    clone("gone", "gone-a", ", \"version\": 1");
    assertRefused(flatten("gone-a", "running"), "DOMAIN_RUNNING", "Shut it down");
    assertThat(flatten("gone-a", "off").type()).isEqualTo("cetak.clone.flattened");
    assertThat(Witness.rows("select disk || version from clone where name = 'gone-a'"))
        .containsExactly("FULL1");
    Path folder = image("gone", 1).getParent();
    Broker.Seen retired = version("retire", "gone", 1);
    assertThat(retired.type()).as(retired.body()).isEqualTo("cetak.template.retired");
    assertThat(retired.data().at("/files/0/name").asText()).isEqualTo("disk-0.qcow2");
    assertThat(retired.data().get("bytes").asLong()).isPositive();
    assertThat(folder).doesNotExist();
    assertThat(
            Witness.rows("select state from template_version where template = 'gone' order by 1"))
        .containsExactly("RETIRED", "SEALED");

    assertRefused(version("retire", "gone", 1), "VERSION_RETIRED", "images are gone");
    assertRefused(version("recall", "gone", 1), "VERSION_RETIRED", "gone@1");
    assertRefused(clone("gone", "gone-b", ", \"version\": 1"), "VERSION_RETIRED", "gone@1");
    assertRefused(version("retire", "gone", 7), "TEMPLATE_UNKNOWN", "gone@7");
    version("recall", "gone", 2);
    assertThat(version("retire", "gone", 2).type()).isEqualTo("cetak.template.retired");
  }

  @Test
  void a_deletion_waits_for_a_flatten_of_the_same_clone() {
    seal("held", 1);
    clone("held", "held-a", "");
    Witness.change("update clone set held_by = id where name = 'held-a'");
    broker.send("any", Commands.delete("held-over", "name", "held-a"));
    broker.send("any", Commands.flatten("held-flat", "held-a"));
    await().atMost(SOON).until(() -> state("held-over").equals("PARKED"));
    await().atMost(SOON).until(() -> state("held-flat").equals("PARKED"));
    Witness.change("update clone set held_by = null where name = 'held-a'");
    assertThat(broker.outcome("held-over", SOON).type()).isEqualTo("cetak.clone.deleted");
    assertThat(broker.outcome("held-flat", SOON).type()).startsWith("cetak.");
  }

  private static void seal(String template, int times) {
    for (int n = 0; n < times; n++) {
      String id = template + "-seal-" + UUID.randomUUID();
      FakeHost.golden(id);
      Broker.Seen sealed = send(Commands.sysprep(id, id, template, ""), id);
      assertThat(sealed.type()).as(sealed.body()).isEqualTo("cetak.template.sealed");
    }
  }

  private static Broker.Seen clone(String template, String name, String more) {
    return send(Commands.clone(name, template, name, more), name);
  }

  private static Broker.Seen version(String command, String template, int version) {
    String id = command + "-" + UUID.randomUUID();
    return send(Commands.version(command, id, template, version), id);
  }

  private static Broker.Seen flatten(String name, String state) {
    Domain domain = FakeHost.HYPERVISOR.find(name).orElseThrow();
    if (state.equals("running")) {
      FakeHost.HYPERVISOR.start(domain.uuid());
    } else {
      FakeHost.HYPERVISOR.destroy(domain.uuid());
      assertThat(FakeHost.HYPERVISOR.find(name).orElseThrow().state()).isEqualTo(PowerState.OFF);
    }
    String id = "flatten-" + UUID.randomUUID();
    return send(Commands.flatten(id, name), id);
  }

  private static Broker.Seen send(String body, String id) {
    broker.send("any", body);
    return broker.outcome(id, SOON);
  }

  private static int versionOf(Broker.Seen completed) {
    assertThat(completed.type()).as(completed.body()).isEqualTo("cetak.clone.completed");
    return completed.data().get("version").asInt();
  }

  private static void assertRefused(Broker.Seen seen, String code, String words) {
    assertThat(seen.type()).as(seen.body()).endsWith(".failed");
    assertThat(seen.data().get("code").asText()).isEqualTo(code);
    assertThat(seen.data().get("reason").asText()).contains(words);
  }

  private static UUID id(String template, int version) {
    List<String> ids =
        Witness.rows(
            "select id::text from template_version where template = '%s' and version = %d"
                .formatted(template, version));
    return UUID.fromString(ids.get(0));
  }

  private static Path image(String template, int version) {
    return FakeHost.BARRIER.folder(id(template, version)).resolve("disk-0.qcow2");
  }

  private static boolean barrierStands(String template, int version) {
    return FakeHost.BARRIER.versions().contains(id(template, version))
        && Files.exists(image(template, version));
  }

  private static String state(String command) {
    return Witness.rows("select state from job where command_id = '" + command + "'").stream()
        .findFirst()
        .orElse("");
  }
}
