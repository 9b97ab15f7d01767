package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.FakeImages;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Batches and deletions on a real broker and a real database, over a host in memory. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class BatchIT {
  private static final Duration SOON = Duration.ofSeconds(90);

  private static Broker broker;

  @BeforeAll
  static void connect() {
    broker = new Broker(Containers.amqpUri());
    FakeHost.golden("lab");
    broker.send("host.engine", Commands.sysprep("lab-seal", "lab", "lab", ""));
    assertThat(broker.outcome("lab-seal", SOON).type()).isEqualTo("cetak.template.sealed");
  }

  @AfterAll
  static void disconnect() throws Exception {
    broker.close();
  }

  @AfterEach
  void repair() {
    FakeHost.IMAGES.freeBytes(1L << 40);
    FakeHost.IMAGES.totalBytes(1L << 41);
  }

  @Test
  void a_batch_makes_every_clone_and_says_so_once() {
    Broker.Seen ended = run("all", "'count': 60, 'names': 'all-%02d'");
    assertThat(ended.type()).isEqualTo("cetak.batch.completed");
    assertCounts(ended, 60, 60, 0, 0);
    assertThat(ended.data().get("failures")).isEmpty();
    List<Broker.Seen> clones = clonesOf("all");
    assertThat(clones).hasSize(60);
    assertThat(clones.stream().map(clone -> clone.data().get("name").asText()))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, 60).mapToObj("all-%02d"::formatted).toList());
    assertThat(clones.stream().map(clone -> clone.data().at("/macs/0").asText()))
        .doesNotHaveDuplicates();
    assertThat(domains("all-")).hasSize(60);
    assertThat(Witness.rows("select 1 from template_lease where template = 'lab'")).isEmpty();
  }

  @Test
  void a_batch_that_is_sent_again_is_the_same_batch() {
    Broker.Seen first = run("again", "'count': 3, 'names': 'again-%d'");
    broker.send("host.engine", batch("again", "'count': 3, 'names': 'again-%d'"));
    await()
        .atMost(SOON)
        .until(() -> broker.outcomes("again").stream().filter(same(first)).count() >= 2);
    assertThat(broker.outcomeIds().get("again")).hasSize(1);
    assertThat(domains("again-")).hasSize(3);
  }

  @Test
  void a_failed_clone_leaves_the_others_when_the_batch_continues() {
    FakeHost.golden("cont-2");
    Broker.Seen ended = run("cont", "'nameList': ['cont-1', 'cont-2', 'cont-3']");
    assertCounts(ended, 3, 2, 1, 0);
    assertThat(ended.data().at("/failures/0/name").asText()).isEqualTo("cont-2");
    assertThat(ended.data().at("/failures/0/code").asText()).isEqualTo("NAME_TAKEN");
    assertThat(ended.data().at("/failures/0/reason").asText()).contains("cont-2", "Choose another");
    assertThat(domains("cont-")).hasSize(3);
  }

  @Test
  void after_a_failed_clone_no_other_is_begun_when_the_batch_stops() {
    FakeHost.golden("stop-0001");
    Broker.Seen ended = run("stop", "'count': 300, 'names': 'stop-%04d', 'onFailure': 'stop'");
    assertThat(ended.data().get("failed").asInt()).isEqualTo(1);
    int completed = ended.data().get("completed").asInt();
    assertThat(ended.data().get("cancelled").asInt()).isPositive();
    assertThat(completed + ended.data().get("cancelled").asInt()).isEqualTo(299);
    assertThat(domains("stop-")).hasSize(completed + 1);
  }

  @Test
  void a_failed_clone_takes_all_others_along_when_the_batch_rolls_back() {
    FakeHost.golden("roll-30");
    Broker.Seen ended = run("roll", "'count': 40, 'names': 'roll-%02d', 'onFailure': 'rollback'");
    assertThat(ended.data().get("code").asText()).isEqualTo("BATCH_ROLLED_BACK");
    assertThat(ended.data().get("reason").asText()).contains("roll-30", "NAME_TAKEN");
    assertThat(ended.data().get("removed").asInt())
        .isEqualTo(ended.data().get("completed").asInt());
    assertThat(domains("roll-").stream().map(Domain::name)).containsExactly("roll-30");
    assertThat(Witness.rows("select name from clone where name like 'roll-%'")).isEmpty();
  }

  @Test
  void a_cancelled_batch_keeps_what_is_made_unless_it_is_told_otherwise() {
    Broker.Seen kept = cancelInTheMiddle("keep", "");
    assertThat(kept.data().get("code").asText()).isEqualTo("CANCELLED");
    assertThat(domains("keep-")).hasSize(kept.data().get("completed").asInt());
    Broker.Seen removed = cancelInTheMiddle("gone", ", \"clones\": \"remove\"");
    assertThat(removed.data().get("removed").asInt())
        .isEqualTo(removed.data().get("completed").asInt())
        .isPositive();
    assertThat(domains("gone-")).isEmpty();
  }

  @Test
  void a_single_clone_does_not_wait_behind_a_batch() {
    broker.send("host.engine", batch("crowd", "'count': 500, 'names': 'crowd-%04d'"));
    await()
        .atMost(SOON)
        .until(() -> !Witness.rows("select 1 from clone where name like 'crowd-%'").isEmpty());
    broker.send("host.engine", Commands.clone("alone", "lab", "alone", ""));
    broker.outcome("alone", SOON);
    assertThat(broker.outcomes("crowd")).as("the batch has not ended").isEmpty();
    assertCounts(broker.outcome("crowd", SOON), 500, 500, 0, 0);
    assertProgressAtMostOnceASecond("crowd");
  }

  @Test
  void each_clones_cloud_init_is_filled_with_its_own_values() {
    run(
        "seats",
        "'count': 3, 'first': 7, 'names': 'seat-%d', 'ips': '192.0.2.254-192.0.3.0',"
            + "'cloudInit': {'userData': '#cloud-config\\nseat: {{index}} {{name}} {{ip}} {{ jinja }}'}");
    assertThat(userData("seat-7"))
        .isEqualTo("#cloud-config\nseat: 7 seat-7 192.0.2.254 {{ jinja }}");
    assertThat(userData("seat-9")).isEqualTo("#cloud-config\nseat: 9 seat-9 192.0.3.0 {{ jinja }}");
  }

  @Test
  void the_files_of_a_batch_are_stored_once_and_not_with_each_clone() {
    run(
        "once",
        "'count': 20, 'names': 'once-%%d', 'cloudInit': {'userData': '#canary-%s'}"
            .formatted("x".repeat(10_000)));
    assertThat(
            Witness.rows(
                "select max(length(spec::text)) < 1000 from job where batch_id = (select id from job where command_id = 'once')"))
        .containsExactly("t");
  }

  @Test
  void a_batch_that_does_not_fit_waits_whole_and_says_the_numbers() {
    FakeHost.IMAGES.freeBytes((1L << 30) + (100L << 20));
    broker.send("host.engine", batch("tight", "'count': 100, 'names': 'tight-%d'"));
    await().atMost(SOON).until(() -> state("tight").equals("RETRYING"));
    assertThat(
            Witness.rows(
                "select reason from job_failure f join job j on j.id = f.job_id where j.command_id = 'tight'"))
        .first()
        .asString()
        .contains("1124 MiB", "1024 MiB stay in reserve", "it needs 300 MiB and 600 files");
    assertThat(Witness.rows("select 1 from clone where name like 'tight-%'")).isEmpty();
    broker.send("control", Commands.cancel("tight-cancel", "tight"));
    assertCounts(broker.outcome("tight", SOON), 0, 0, 0, 0);
  }

  @Test
  void two_batches_are_not_promised_the_same_room() {
    FakeHost.IMAGES.freeBytes((1L << 30) + (900L << 20));
    for (String id : List.of("room-a", "room-b")) {
      broker.send("host.engine", batch(id, "'count': 200, 'names': '" + id + "-%d'"));
    }
    await()
        .atMost(SOON)
        .until(() -> List.of(state("room-a"), state("room-b")).contains("RETRYING"));
    String waiting = state("room-a").equals("RETRYING") ? "room-a" : "room-b";
    String running = waiting.equals("room-a") ? "room-b" : "room-a";
    assertThat(Witness.rows("select 1 from clone where name like '" + waiting + "-%'")).isEmpty();
    broker.send("control", Commands.cancel(waiting + "-cancel", waiting));
    broker.outcome(waiting, SOON);
    assertCounts(broker.outcome(running, SOON), 200, 200, 0, 0);
  }

  @Test
  void a_batch_that_could_never_fit_is_refused_whole() {
    FakeHost.IMAGES.totalBytes(20L << 30);
    Broker.Seen ended = run("huge", "'count': 10000, 'names': 'huge-%d', 'disk': 'full'");
    assertThat(ended.data().get("code").asText()).isEqualTo("TOO_LARGE");
    assertThat(ended.data().get("reason").asText()).contains("10000 clones of lab", "in all");
    assertCounts(ended, 0, 0, 0, 0);
  }

  @Test
  void a_batch_of_an_unknown_network_is_refused_whole() {
    Broker.Seen ended = run("net", "'count': 9, 'names': 'net-%d', 'network': 'nowhere'");
    assertThat(ended.data().get("code").asText()).isEqualTo("NETWORK_UNKNOWN");
    assertCounts(ended, 0, 0, 0, 0);
  }

  @Test
  void a_deleted_clone_is_gone_with_its_files_and_frees_its_name() {
    send(Commands.clone("del", "lab", "del", ""), "del");
    Path folder = folder("del");
    Broker.Seen deleted = send(Commands.delete("del-over", "name", "del"), "del-over");
    assertThat(deleted.type()).isEqualTo("cetak.clone.deleted");
    assertThat(deleted.data().get("folder").asText()).isEqualTo(folder.toString());
    assertThat(folder).doesNotExist();
    assertThat(domains("del")).isEmpty();
    assertThat(send(Commands.clone("del-2", "lab", "del", ""), "del-2").type())
        .isEqualTo("cetak.clone.completed");
  }

  @Test
  void a_domain_that_cetak_did_not_make_is_not_deleted() {
    FakeHost.golden("foreign");
    Broker.Seen refused = send(Commands.delete("foreign-over", "name", "foreign"), "foreign-over");
    assertThat(refused.type()).isEqualTo("cetak.delete.failed");
    assertThat(refused.data().get("code").asText()).isEqualTo("CLONE_UNKNOWN");
    assertThat(refused.data().get("reason").asText()).contains("did not make");
    assertThat(domains("foreign")).hasSize(1);
  }

  @Test
  void the_clones_of_a_batch_are_deleted_together_and_no_others() {
    run("pair", "'count': 5, 'names': 'pair-%d'");
    send(Commands.clone("pair-x", "lab", "pair-x", ""), "pair-x");
    send(Commands.delete("pair-3-over", "name", "pair-3"), "pair-3-over");
    Broker.Seen deleted = send(Commands.delete("pair-over", "batch", "pair"), "pair-over");
    assertThat(deleted.type()).isEqualTo("cetak.batch.deleted");
    assertThat(deleted.data().get("total").asInt()).isEqualTo(4);
    assertThat(deleted.data().get("deleted").asInt()).isEqualTo(4);
    assertThat(domains("pair-").stream().map(Domain::name)).containsExactly("pair-x");
  }

  @Test
  void a_deletion_that_any_worker_may_take_goes_to_the_clones_host() {
    run("there", "'count': 1, 'names': 'there-%d'");
    Witness.change("update clone set host = 'elsewhere' where name = 'there-1'");
    Witness.change("update job set host = 'elsewhere' where command_id = 'there'");
    broker.send("any", Commands.delete("there-over", "name", "there-1"));
    broker.send("any", Commands.delete("there-all-over", "batch", "there"));
    for (String id : List.of("there-over", "there-all-over")) {
      await()
          .atMost(SOON)
          .until(
              () ->
                  Witness.rows(
                          "select routing_key from outbox where order_key = 'command:" + id + "'")
                      .equals(List.of("host.elsewhere")));
      // No worker serves that host: the message would be offered for ever.
      Witness.change("delete from outbox where order_key = 'command:" + id + "'");
    }
    Witness.change("update clone set host = 'engine' where name = 'there-1'");
    Witness.change("update job set host = 'engine' where command_id = 'there'");
    assertThat(send(Commands.delete("there-end", "batch", "there"), "there-end").type())
        .isEqualTo("cetak.batch.deleted");
  }

  @Test
  void an_unknown_batch_is_not_deleted() {
    Broker.Seen refused = send(Commands.delete("none-over", "batch", "none"), "none-over");
    assertThat(refused.data().get("code").asText()).isEqualTo("BATCH_UNKNOWN");
  }

  private static Broker.Seen cancelInTheMiddle(String id, String more) {
    broker.send("host.engine", batch(id, "'count': 400, 'names': '" + id + "-%04d'"));
    await()
        .atMost(SOON)
        .until(
            () ->
                !Witness.rows(
                        "select 1 from clone where state = 'READY' and name like '" + id + "-%'")
                    .isEmpty());
    broker.send(
        "control",
        "{\"command\": \"cancel\", \"id\": \"%1$s-cancel\", \"target\": \"%1$s\"%2$s}"
            .formatted(id, more));
    Broker.Seen ended = broker.outcome(id, SOON);
    assertThat(ended.data().get("cancelled").asInt()).isPositive();
    assertThat(ended.data().get("waiting").asInt()).isZero();
    return ended;
  }

  private static Broker.Seen run(String id, String fields) {
    return send(batch(id, fields), id);
  }

  private static Broker.Seen send(String command, String id) {
    broker.send("host.engine", command);
    return broker.outcome(id, SOON);
  }

  private static String batch(String id, String fields) {
    return "{'command': 'clone-batch', 'id': '%s', 'template': 'lab', %s}"
        .formatted(id, fields)
        .replace('\'', '"');
  }

  private static java.util.function.Predicate<Broker.Seen> same(Broker.Seen first) {
    return other -> other.id().equals(first.id()) && other.body().equals(first.body());
  }

  private static void assertCounts(
      Broker.Seen ended, int total, int completed, int failed, int cancelled) {
    Map<String, Integer> expected =
        Map.of(
            "total", total,
            "completed", completed,
            "failed", failed,
            "cancelled", cancelled,
            "waiting", 0);
    expected.forEach(
        (field, count) ->
            assertThat(ended.data().get(field).asInt())
                .as("%s of %s", field, ended.body())
                .isEqualTo(count));
  }

  private static void assertProgressAtMostOnceASecond(String id) {
    List<Long> told =
        broker.events().stream()
            .filter(seen -> seen.type().equals("cetak.batch.progressed"))
            .filter(seen -> seen.commandId().equals(id))
            .map(seen -> java.time.Instant.parse(seen.event().get("time").asText()).toEpochMilli())
            .toList();
    assertThat(told).isNotEmpty();
    for (int n = 1; n < told.size(); n++) {
      assertThat(told.get(n) - told.get(n - 1)).isGreaterThanOrEqualTo(1000);
    }
  }

  private static List<Broker.Seen> clonesOf(String batch) {
    return broker.events().stream()
        .filter(seen -> seen.type().equals("cetak.clone.completed"))
        .filter(seen -> seen.data().path("batchId").asText().equals(batch))
        .toList();
  }

  private static List<Domain> domains(String prefix) {
    return FakeHost.HYPERVISOR.domains().stream()
        .filter(domain -> domain.name().startsWith(prefix))
        .toList();
  }

  private static Path folder(String name) {
    return DomainXml.parse(domains(name).get(0).xml()).disks().stream()
        .flatMap(disk -> java.util.stream.Stream.ofNullable(disk.file()))
        .map(Path::getParent)
        .findFirst()
        .orElseThrow();
  }

  private static String userData(String name) {
    return FakeImages.seedFiles(folder(name).resolve("seed.iso")).getOrDefault("user-data", "");
  }

  private static String state(String command) {
    return Witness.rows("select state from job where command_id = '" + command + "'").stream()
        .findFirst()
        .orElse("");
  }
}
