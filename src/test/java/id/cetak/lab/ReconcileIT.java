package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Hosts and database that drifted apart, on real libvirt and real files. The second host has a
 * libvirt of its own, libvirt's test driver; a third one has no worker any more.
 */
class ReconcileIT {
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String URI = "urn:cetak:domain:1";

  private static Lab lab;
  private static Broker broker;
  private static WorkerProcess worker;
  private static WorkerProcess other;

  @BeforeAll
  static void start() throws IOException {
    lab = Lab.get();
    lab.template();
    broker = new Broker(Containers.amqpUri());
    Path images = Files.createDirectories(lab.directory().resolve("other-images"));
    int looks = Witness.looksAtStart();
    worker = WorkerProcess.start(lab, Map.of("CETAK_BARRIER_PROOF_INTERVAL", "6h"));
    other =
        WorkerProcess.start(
            lab,
            Map.of(
                "CETAK_HOST", "other",
                "CETAK_LIBVIRT_URI", "test:///default",
                "CETAK_IMAGES_DIRECTORY", images.toString()));
    worker.awaitReady();
    // Either would quarantine a version whose flag is away at that moment, as it should.
    await("the looks of both starts").atMost(SOON).until(() -> Witness.looksAtStart() > looks + 1);
    await()
        .atMost(SOON)
        .until(
            () ->
                !Witness.rows(
                        "select 1 from host where name = 'other' and seen_at > clock_timestamp() -"
                            + " interval '20 seconds'")
                    .isEmpty());
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    other.close();
    broker.close();
    Witness.change("delete from host where name = 'gone'");
  }

  @Test
  void entries_that_a_restored_database_lacks_are_made_anew_from_the_domains() {
    batch("restored", 4);
    List<String> entries = entries("restored-%");
    List<String> domains = definitions("restored-");
    Witness.change("delete from clone where name like 'restored-%'");
    Witness.change(
        "insert into host values ('gone', clock_timestamp() - interval '1 day') on conflict do"
            + " nothing");

    JsonNode looked = reconcile("any", "restored-look", false);
    assertThat(texts(looked.get("hosts"))).contains("lab", "other");
    assertThat(looked.get("unread").findValuesAsText("host")).contains("gone");
    assertThat(kinds(looked, "restored-")).hasSize(4).containsOnly("domain-without-entry");
    assertThat(entries("restored-%")).as("a look changes nothing").isEmpty();

    JsonNode mended = reconcile("any", "restored-mend", true);
    assertThat(differences(mended, "restored-")).hasSize(4).allMatch(ReconcileIT::isRepaired);
    assertThat(entries("restored-%")).isEqualTo(entries);
    assertThat(definitions("restored-")).as("no domain was touched").isEqualTo(domains);
    assertThat(differences(reconcile("any", "restored-again", true), "restored-")).isEmpty();
    remove("batch", "restored");
  }

  @Test
  void metadata_that_somebody_stripped_is_written_from_the_ledger_while_the_guest_runs() {
    clone("stripped-1", ", \"start\": true, \"labels\": {\"course\": \"<ops> & more\"}");
    String uuid = uuid("stripped-1");
    String before = metadata(uuid);
    String definition = withoutMetadata(uuid);
    Shell.must("virsh", "metadata", uuid, "--uri", URI, "--remove", "--live", "--config");

    JsonNode mended = reconcile("host.lab", "stripped-mend", true);
    assertThat(kinds(mended, "stripped-1")).containsExactly("metadata-missing");
    assertThat(differences(mended, "stripped-1")).allMatch(ReconcileIT::isRepaired);
    assertThat(metadata(uuid)).isEqualTo(before).contains("digest=", "&lt;ops&gt; &amp; more");
    assertThat(withoutMetadata(uuid)).isEqualTo(definition);
    assertThat(Shell.must("virsh", "domstate", uuid)).contains("running");
    assertThat(differences(reconcile("host.lab", "stripped-again", true), "stripped-")).isEmpty();
    remove("name", "stripped-1");
  }

  @Test
  void what_a_person_must_decide_is_reported_and_left_alone() throws IOException {
    batch("left", 3);
    Path gone = folder("left-1");
    Shell.must("virsh", "undefine", "left-1");
    Shell.must("virsh", "domrename", "left-2", "left-renamed");
    Path missing = Files.move(folder("left-3").resolve("seed.iso"), lab.directory().resolve("s"));
    UUID orphan = UUID.randomUUID();
    Path clones = Files.createDirectories(lab.images().resolve("clones/" + orphan));
    Path work = Files.createDirectories(lab.images().resolve("work/" + orphan));

    JsonNode found = reconcile("host.lab", "left-mend", true);
    assertThat(kinds(found, "left-1")).containsExactly("clone-without-domain");
    assertThat(kinds(found, "left-renamed")).containsExactly("domain-renamed");
    assertThat(kinds(found, "left-3")).containsExactly("disk-missing");
    assertThat(kinds(found, "clones/" + orphan)).containsExactly("folder-without-owner");
    assertThat(kinds(found, "work/" + orphan)).containsExactly("folder-without-owner");
    for (String name : List.of("left-", "clones/", "work/")) {
      assertThat(differences(found, name)).noneMatch(ReconcileIT::isRepaired);
    }
    assertThat(gone.resolve("disk-0.qcow2")).exists();
    assertThat(clones).exists();
    assertThat(work).exists();
    assertThat(entries("left-%")).hasSize(3);

    Files.delete(clones);
    Files.delete(work);
    Files.delete(missing);
    Shell.must("virsh", "domrename", "left-renamed", "left-2");
    remove("batch", "left");
    assertThat(gone).doesNotExist();
  }

  @Test
  void a_lost_immutable_flag_is_put_back_around_an_image_that_is_unchanged() {
    String version =
        Witness.rows("select id from template_version where template = 'lab' and version = 1")
            .get(0);
    Path image = lab.images().resolve("sealed").resolve(version).resolve("disk-0.qcow2");
    Shell.must("chattr", "-i", image.toString());

    JsonNode looked = reconcile("host.lab", "flag-look", false);
    assertThat(kinds(looked, "lab@1")).containsExactly("barrier-broken");
    assertThat(lab.tryBarrier("verify", version).ok()).as("a look mends nothing").isFalse();

    JsonNode mended = reconcile("host.lab", "flag-mend", true);
    assertThat(differences(mended, "lab@1")).hasSize(1).allMatch(ReconcileIT::isRepaired);
    assertThat(lab.barrier("verify", version)).doesNotContain("broken");
    clone("after-flag", "");
    remove("name", "after-flag");
  }

  @Test
  void a_worker_that_starts_removes_what_a_clone_that_failed_has_left() throws IOException {
    broker.send("host.lab", Commands.clone("late", lab.template(), "late", ", \"version\": 99"));
    assertThat(broker.outcome("late", SOON).type()).isEqualTo("cetak.clone.failed");
    String id = Witness.rows("select id from job where command_id = 'late'").get(0);
    clone("late-model", "");
    Path folder = lab.images().resolve("clones").resolve(id);
    Shell.must("cp", "-a", folder("late-model").toString(), folder.toString());
    Path definition = lab.directory().resolve("late.xml");
    Files.writeString(
        definition,
        Shell.must("virsh", "dumpxml", "--inactive", "late-model")
            .replace(uuid("late-model"), id)
            .replace(">late-model<", ">late<"));
    Shell.must("virsh", "define", definition.toString());
    worker.stop();
    worker = WorkerProcess.start(lab, Map.of());
    Broker.Seen told =
        broker.event(
            event ->
                event.commandId().startsWith("start/") && !kinds(event.data(), "late").isEmpty(),
            SOON);
    assertThat(kinds(told.data(), "late")).containsExactly("domain-left-over");
    assertThat(differences(told.data(), "late")).allMatch(ReconcileIT::isRepaired);
    assertThat(folder).doesNotExist();
    assertThat(Shell.must("virsh", "-q", "list", "--all", "--uuid")).doesNotContain(id);
    worker.awaitReady();
    remove("name", "late-model");
  }

  @Test
  void clones_that_are_being_made_and_removed_are_no_differences_and_nothing_is_left() {
    broker.send("host.lab", Commands.batch("rush", lab.template(), 150));
    int looks = 0;
    while (broker.outcomes("rush").isEmpty()) {
      assertNothing(reconcile("host.lab", "rush-look-" + looks++, true));
    }
    broker.send("host.lab", Commands.delete("rush-over", "batch", "rush"));
    while (broker.outcomes("rush-over").isEmpty()) {
      assertNothing(reconcile("host.lab", "rush-look-" + looks++, true));
    }
    assertThat(looks).as("looks, each begun while clones came or went").isGreaterThanOrEqualTo(2);
    new Witness(lab, broker).demandNoBreach();
  }

  private static void assertNothing(JsonNode data) {
    for (String name : List.of("rush-", "clones/", "work/", "sealed/")) {
      assertThat(differences(data, name)).isEmpty();
    }
  }

  private static void batch(String id, int count) {
    broker.send("host.lab", Commands.batch(id, lab.template(), count));
    Broker.Seen made = broker.outcome(id, SOON);
    assertThat(made.data().path("completed").asInt()).as(made.body()).isEqualTo(count);
  }

  private static void clone(String name, String more) {
    broker.send("host.lab", Commands.clone(name, lab.template(), name, more));
    Broker.Seen made = broker.outcome(name, SOON);
    assertThat(made.type()).as(made.body()).isEqualTo("cetak.clone.completed");
  }

  private static void remove(String what, String which) {
    broker.send("host.lab", Commands.delete(which + "-over", what, which));
    Broker.Seen over = broker.outcome(which + "-over", SOON);
    assertThat(over.type()).as(over.body()).endsWith(".deleted");
    assertThat(over.data().path("failures")).isEmpty();
  }

  private static JsonNode reconcile(String key, String id, boolean repair) {
    broker.send(key, Commands.reconcile(id, repair));
    Broker.Seen outcome = broker.outcome(id, SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.reconcile.completed");
    return outcome.data();
  }

  private static List<JsonNode> differences(JsonNode data, String name) {
    return StreamSupport.stream(data.path("differences").spliterator(), false)
        .filter(difference -> difference.get("name").asText().startsWith(name))
        .toList();
  }

  private static List<String> kinds(JsonNode data, String name) {
    return differences(data, name).stream()
        .map(difference -> difference.get("kind").asText())
        .toList();
  }

  private static boolean isRepaired(JsonNode difference) {
    return difference.get("repaired").asBoolean();
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static List<String> entries(String names) {
    return Witness.rows(
        """
        select (to_jsonb(clone) - array['created_at', 'ready_at', 'machine_id', 'verified_at'])::text
               || (select jsonb_agg(to_jsonb(mac) order by nic)::text from mac where clone_id = clone.id)
          from clone where name like '%s' order by name
        """
            .formatted(names));
  }

  private static List<String> definitions(String prefix) {
    try (Stream<String> names = Shell.must("virsh", "-q", "list", "--all", "--name").lines()) {
      return names
          .map(String::strip)
          .filter(name -> name.startsWith(prefix))
          .sorted()
          .map(name -> Shell.must("virsh", "-q", "dumpxml", "--inactive", name))
          .toList();
    }
  }

  private static String uuid(String name) {
    return Shell.must("virsh", "-q", "domuuid", name).strip();
  }

  private static Path folder(String name) {
    return lab.images().resolve("clones").resolve(uuid(name));
  }

  private static String metadata(String uuid) {
    return Shell.must("virsh", "-q", "metadata", uuid, "--uri", URI);
  }

  private static String withoutMetadata(String uuid) {
    return Shell.must("virsh", "-q", "dumpxml", "--inactive", uuid)
        .replaceAll("(?s)<metadata>.*?</metadata>", "");
  }
}
