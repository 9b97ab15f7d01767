package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.PowerState;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import id.cetak.reconcile.StartupReconcile;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One command for many hosts, and the comparison of a host with the database, on a real broker and
 * a real database. This process is the worker of one host; the others' the test plays itself.
 */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class FleetIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private static Broker broker;

  @Inject StartupReconcile startup;

  @BeforeAll
  static void connect() {
    broker = new Broker(Containers.amqpUri());
    seal("fleet");
  }

  @AfterAll
  static void disconnect() throws Exception {
    broker.close();
  }

  /** Those of this test, and those whose workers other tests have just ended. */
  @BeforeEach
  @AfterEach
  void forget_the_other_hosts() {
    Witness.change("delete from host where name <> 'engine'");
  }

  @Test
  void a_command_to_any_is_done_on_every_host_that_lives_and_names_the_others() {
    host("peer-1", 0);
    host("peer-2", 600);
    broker.send("any", Commands.reconcile("all-1", false));
    String member = member("all-1", "peer-1");
    UUID id = UUID.randomUUID();
    Witness.change(
        """
        insert into job_step (job_id, step, attempt, result) values ('%s', 'report', 1,
          '{"domains": 1000000, "clones": 2, "versions": 1, "differences": [{"kind": "DOMAIN_RENAMED",
            "name": "far", "id": "%s", "meaning": "It is called otherwise.", "repaired": false}]}')
        """
            .formatted(member, id));
    assertThat(broker.outcomes("all-1")).as("one host has not reported").isEmpty();
    Witness.change(
        "update job set state = 'COMPLETED', ended_at = clock_timestamp() where id = '%s'"
            .formatted(member));
    Broker.Seen outcome = broker.outcome("all-1", SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.reconcile.completed");
    assertThat(texts(outcome.data().get("hosts"))).containsExactly("engine", "peer-1");
    assertThat(outcome.data().at("/unread/0/host").asText()).isEqualTo("peer-2");
    assertThat(outcome.data().at("/unread/0/code").asText()).isEqualTo("WORKER_LOST");
    assertThat(outcome.data().get("domains").asInt()).isGreaterThanOrEqualTo(1_000_000);
    JsonNode far = difference(outcome, "domain-renamed", "far").orElseThrow();
    assertThat(far.get("host").asText()).isEqualTo("peer-1");
    assertThat(far.get("remedy").asText()).contains("virsh domrename");
    assertThat(broker.events().stream().filter(e -> e.commandId().startsWith("all-1/")))
        .as("a host's part has no event of its own")
        .isEmpty();
    assertThat(broker.outcomeIds().get("all-1")).hasSize(1);
  }

  @Test
  void a_host_that_falls_silent_is_not_waited_for_and_its_part_is_ended() {
    host("peer-mute", 0);
    broker.send("any", Commands.reconcile("mute-1", false));
    String member = member("mute-1", "peer-mute");
    await().atMost(SOON).until(() -> state("mute-1").equals("PARKED"));
    host("peer-mute", 120);
    Broker.Seen outcome = broker.outcome("mute-1", SOON);
    assertThat(texts(outcome.data().get("hosts"))).containsExactly("engine");
    assertThat(outcome.data().at("/unread/0/host").asText()).isEqualTo("peer-mute");
    assertThat(Witness.rows("select 1 from job where cancel_requested and id = '" + member + "'"))
        .hasSize(1);
  }

  @Test
  void a_cancelled_command_ends_its_parts_and_waits_for_none() {
    host("peer-slow", 0);
    broker.send("any", Commands.reconcile("slow-1", true));
    String member = member("slow-1", "peer-slow");
    await().atMost(SOON).until(() -> state("slow-1").equals("PARKED"));
    broker.send("control", Commands.cancel("slow-cancel", "slow-1"));
    Broker.Seen outcome = broker.outcome("slow-1", SOON);
    assertThat(outcome.type()).isEqualTo("cetak.reconcile.failed");
    assertThat(outcome.data().get("code").asText()).isEqualTo("CANCELLED");
    assertThat(Witness.rows("select 1 from job where cancel_requested and id = '" + member + "'"))
        .hasSize(1);
  }

  @Test
  void a_command_to_one_host_is_about_that_host_alone() {
    host("peer-3", 0);
    host("peer-4", 600);
    Broker.Seen outcome = reconcile("one-1", false);
    assertThat(texts(outcome.data().get("hosts"))).containsExactly("engine");
    assertThat(outcome.data().get("unread")).isEmpty();
  }

  @Test
  void a_lost_entry_is_reported_and_made_anew_when_asked() {
    clone("lost-1", ", \"labels\": {\"course\": \"<ops>\"}, \"hostname\": \"other-name\"");
    List<String> before = entry("lost-1");
    Witness.change("delete from clone where name = 'lost-1'");
    JsonNode found = find(reconcile("lost-look", false), "domain-without-entry", "lost-1");
    assertRepaired(false, found);
    assertThat(entry("lost-1")).as("a look changes nothing").isEmpty();
    JsonNode mended = find(reconcile("lost-mend", true), "domain-without-entry", "lost-1");
    assertRepaired(true, mended);
    assertThat(entry("lost-1")).isEqualTo(before).hasSize(1);
    assertNothing(reconcile("lost-again", true), "lost-1");
  }

  @Test
  void an_entry_is_not_made_over_another_ones_name_or_address() {
    clone("taken-1", "");
    clone("taken-2", "");
    String mac = Witness.rows(macOf("taken-2")).get(0);
    Witness.change("delete from clone where name in ('taken-1', 'taken-2')");
    other(new UUID(7, 1), "taken-1", "52:54:00:f0:00:01");
    other(new UUID(7, 2), "taken-other", mac);
    Broker.Seen outcome = reconcile("taken-mend", true);
    assertThat(find(outcome, "domain-without-entry", "taken-1").get("obstacle").asText())
        .contains("clone taken-1 on host elsewhere");
    assertThat(find(outcome, "domain-without-entry", "taken-2").get("obstacle").asText())
        .contains("clone taken-other on host elsewhere", mac);
    assertThat(Witness.rows("select host from clone where name in ('taken-1', 'taken-2')"))
        .containsExactly("elsewhere");
    Witness.change("delete from clone where host = 'elsewhere'");
    assertRepaired(true, find(reconcile("taken-free", true), "domain-without-entry", "taken-2"));
  }

  @Test
  void stripped_metadata_is_written_from_the_ledger_while_the_guest_runs() {
    clone("bare-1", ", \"start\": true");
    Domain whole = FakeHost.HYPERVISOR.find("bare-1").orElseThrow();
    FakeHost.HYPERVISOR.change(
        whole.uuid(),
        domain ->
            new Domain(
                domain.name(),
                domain.uuid(),
                domain.state(),
                domain.xml().replaceAll("(?s)<metadata>.*?</metadata>", ""),
                true));
    JsonNode found = find(reconcile("bare-mend", true), "metadata-missing", "bare-1");
    assertRepaired(true, found);
    Domain now = FakeHost.HYPERVISOR.find("bare-1").orElseThrow();
    assertThat(now.state()).isEqualTo(PowerState.RUNNING);
    assertThat(metadata(now)).isEqualTo(metadata(whole));
    assertNothing(reconcile("bare-again", false), "bare-1");
  }

  @Test
  void a_clone_that_was_undefined_by_hand_is_reported_and_nothing_is_removed() {
    clone("undef-1", "");
    Domain domain = FakeHost.HYPERVISOR.find("undef-1").orElseThrow();
    FakeHost.HYPERVISOR.undefine(domain.uuid());
    JsonNode found = find(reconcile("undef-mend", true), "clone-without-domain", "undef-1");
    assertRepaired(false, found);
    assertThat(found.get("remedy").asText()).contains("delete");
    assertThat(entry("undef-1")).hasSize(1);
    Path folder = FakeHost.DIRECTORY.resolve("clones").resolve(domain.uuid().toString());
    assertThat(folder.resolve("disk-0.qcow2")).exists();
    broker.send("host.engine", Commands.delete("undef-over", "name", "undef-1"));
    assertThat(broker.outcome("undef-over", SOON).type()).isEqualTo("cetak.clone.deleted");
    assertThat(folder).doesNotExist();
  }

  @Test
  void a_folder_that_nobody_owns_is_reported_and_left() throws IOException {
    Path orphan = FakeHost.DIRECTORY.resolve("clones").resolve(UUID.randomUUID().toString());
    Files.createDirectories(orphan);
    String name = "clones/" + orphan.getFileName();
    assertRepaired(false, find(reconcile("orphan-mend", true), "folder-without-owner", name));
    assertThat(orphan).exists();
    Files.delete(orphan);
  }

  @Test
  void what_a_clone_that_failed_left_is_removed_unless_its_domain_runs() throws IOException {
    Domain domain = leftOver("late");
    Path folder = FakeHost.DIRECTORY.resolve("clones").resolve(domain.uuid().toString());
    FakeHost.HYPERVISOR.start(domain.uuid());
    JsonNode kept = find(reconcile("late-look", true), "domain-left-over", "late");
    assertRepaired(false, kept);
    assertThat(kept.get("obstacle").asText()).contains("It runs");
    assertThat(folder.resolve("disk-0.qcow2")).exists();
    FakeHost.HYPERVISOR.destroy(domain.uuid());
    assertRepaired(true, find(reconcile("late-mend", true), "domain-left-over", "late"));
    assertThat(FakeHost.HYPERVISOR.exists(domain.uuid())).isFalse();
    assertThat(folder).doesNotExist();
    assertThat(entry("late")).as("a clone that failed gets no entry").isEmpty();
  }

  @Test
  void a_left_over_stays_with_its_domain_while_another_domain_has_a_disk_in_its_folder()
      throws IOException {
    Domain domain = leftOver("shared");
    Path folder = FakeHost.DIRECTORY.resolve("clones").resolve(domain.uuid().toString());
    FakeHost.HYPERVISOR.define(
        domain
            .xml()
            .replaceFirst("(?s)<metadata>.*</metadata>", "")
            .replaceFirst(">" + domain.uuid() + "<", ">" + UUID.randomUUID() + "<")
            .replace(">shared<", ">shared-taken<"));
    JsonNode kept = find(reconcile("shared-look", true), "domain-left-over", "shared");
    assertRepaired(false, kept);
    assertThat(kept.get("obstacle").asText()).contains("shared-taken");
    assertThat(FakeHost.HYPERVISOR.exists(domain.uuid())).isTrue();
    assertThat(folder.resolve("disk-0.qcow2")).exists();
    FakeHost.HYPERVISOR.undefine(FakeHost.HYPERVISOR.find("shared-taken").orElseThrow().uuid());
    assertRepaired(true, find(reconcile("shared-mend", true), "domain-left-over", "shared"));
    assertThat(folder).doesNotExist();
  }

  @Test
  void a_folder_of_an_ended_job_is_removed_but_not_while_a_domain_has_a_disk_in_it()
      throws IOException {
    Domain domain = leftOver("husk");
    Path folder = FakeHost.DIRECTORY.resolve("clones").resolve(domain.uuid().toString());
    String name = "clones/" + domain.uuid();
    FakeHost.HYPERVISOR.undefine(domain.uuid());
    FakeHost.HYPERVISOR.define(
        domain
            .xml()
            .replaceFirst(">" + domain.uuid() + "<", ">" + UUID.randomUUID() + "<")
            .replace(">husk<", ">husk-taken<"));
    Domain taker = FakeHost.HYPERVISOR.find("husk-taken").orElseThrow();
    JsonNode kept = find(reconcile("husk-look", true), "folder-left-over", name);
    assertRepaired(false, kept);
    assertThat(kept.get("obstacle").asText()).contains("husk-taken");
    assertThat(folder.resolve("disk-0.qcow2")).exists();
    FakeHost.HYPERVISOR.undefine(taker.uuid());
    assertRepaired(true, find(reconcile("husk-mend", true), "folder-left-over", name));
    assertThat(folder).doesNotExist();
  }

  @Test
  void a_worker_that_starts_looks_at_its_host_once_and_tells_what_it_found() throws IOException {
    Domain domain = leftOver("reboot");
    startup.look();
    startup.look();
    Broker.Seen told =
        broker.event(
            event ->
                event.type().equals("cetak.reconcile.completed")
                    && event.commandId().startsWith("start/"),
            SOON);
    assertThat(texts(told.data().get("hosts"))).containsExactly("engine");
    assertRepaired(true, difference(told, "domain-left-over", "reboot").orElseThrow());
    assertThat(FakeHost.HYPERVISOR.exists(domain.uuid())).isFalse();
    assertThat(
            Witness.rows(
                "select 1 from job where type = 'RECONCILE' and command_id like 'start/%'"))
        .hasSize(1);
  }

  /**
   * A domain with its files as a worker leaves them that was frozen before its last call, and went
   * on when its job had been undone.
   */
  private static Domain leftOver(String name) throws IOException {
    broker.send("host.engine", Commands.clone(name, "fleet", name, ", \"version\": 99"));
    assertThat(broker.outcome(name, SOON).type()).isEqualTo("cetak.clone.failed");
    String id = Witness.rows("select id from job where command_id = '" + name + "'").get(0);
    clone(name + "-model", "");
    Domain model = FakeHost.HYPERVISOR.find(name + "-model").orElseThrow();
    Path clones = FakeHost.DIRECTORY.resolve("clones");
    Path folder = Files.createDirectories(clones.resolve(id));
    try (Stream<Path> files = Files.list(clones.resolve(model.uuid().toString()))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    FakeHost.HYPERVISOR.define(
        model
            .xml()
            .replace(model.uuid().toString(), id)
            .replace(">" + name + "-model<", ">" + name + "<"));
    return FakeHost.HYPERVISOR.find(name).orElseThrow();
  }

  @Test
  void a_broken_barrier_is_put_up_again_around_images_that_are_what_was_sealed() {
    seal("lowered");
    UUID version = version("lowered");
    FakeHost.BARRIER.unseal(version);
    assertRepaired(false, find(reconcile("lowered-look", false), "barrier-broken", "lowered@1"));
    assertThat(FakeHost.BARRIER.versions()).doesNotContain(version);
    JsonNode mended = find(reconcile("lowered-mend", true), "barrier-broken", "lowered@1");
    assertRepaired(true, mended);
    assertThat(FakeHost.BARRIER.versions()).contains(version);
    assertNothing(reconcile("lowered-again", true), "lowered@1");
  }

  @Test
  void images_that_are_not_what_was_sealed_are_not_walled_in_but_quarantined() throws IOException {
    seal("forged");
    UUID version = version("forged");
    Path image = FakeHost.BARRIER.folder(version).resolve("disk-0.qcow2");
    Files.writeString(image, Files.readString(image) + "# other\n");
    JsonNode found = find(reconcile("forged-mend", true), "barrier-broken", "forged@1");
    assertThat(found.get("obstacle").asText()).contains("not what was sealed", "quarantined");
    assertThat(Witness.rows("select state from template_version where template = 'forged'"))
        .containsExactly("QUARANTINED");
  }

  @Test
  void clones_that_are_being_made_and_removed_are_no_differences() {
    broker.send("host.engine", Commands.batch("rush", "fleet", 150));
    await()
        .atMost(SOON)
        .until(() -> !Witness.rows("select 1 from clone where name like 'rush-%'").isEmpty());
    for (int n = 0; n < 4; n++) {
      assertNothing(reconcile("rush-look-" + n, true), "rush-");
    }
    broker.outcome("rush", SOON);
    broker.send("host.engine", Commands.delete("rush-over", "batch", "rush"));
    for (int n = 4; n < 8; n++) {
      assertNothing(reconcile("rush-look-" + n, true), "rush-");
    }
    broker.outcome("rush-over", SOON);
  }

  private static void seal(String template) {
    FakeHost.golden(template);
    String id = template + "-seal";
    broker.send("host.engine", Commands.sysprep(id, template, template, ""));
    Broker.Seen outcome = broker.outcome(id, SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.template.sealed");
  }

  private static UUID version(String template) {
    return UUID.fromString(
        Witness.rows("select id from template_version where template = '" + template + "'").get(0));
  }

  private static void clone(String name, String more) {
    broker.send("host.engine", Commands.clone(name, "fleet", name, more));
    Broker.Seen outcome = broker.outcome(name, SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.clone.completed");
  }

  private static Broker.Seen reconcile(String id, boolean repair) {
    broker.send("host.engine", Commands.reconcile(id, repair));
    Broker.Seen outcome = broker.outcome(id, SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.reconcile.completed");
    return outcome;
  }

  private static Stream<JsonNode> differences(Broker.Seen outcome) {
    return StreamSupport.stream(outcome.data().get("differences").spliterator(), false);
  }

  private static Optional<JsonNode> difference(Broker.Seen outcome, String kind, String name) {
    return differences(outcome)
        .filter(difference -> difference.get("kind").asText().equals(kind))
        .filter(difference -> difference.get("name").asText().equals(name))
        .findFirst();
  }

  private static JsonNode find(Broker.Seen outcome, String kind, String name) {
    return difference(outcome, kind, name).orElseThrow(() -> new AssertionError(outcome.body()));
  }

  private static void assertRepaired(boolean wanted, JsonNode difference) {
    assertThat(difference.get("repaired").asBoolean()).as(difference.toString()).isEqualTo(wanted);
  }

  private static void assertNothing(Broker.Seen outcome, String name) {
    assertThat(
            differences(outcome)
                .filter(difference -> difference.get("name").asText().startsWith(name)))
        .isEmpty();
  }

  private static List<String> entry(String name) {
    return Witness.rows(
        """
        select (to_jsonb(clone) - array['created_at', 'ready_at', 'machine_id', 'verified_at'])::text
               || (select jsonb_agg(to_jsonb(mac))::text from mac where clone_id = clone.id)
          from clone where name = '%s'
        """
            .formatted(name));
  }

  private static String macOf(String name) {
    return "select address from mac join clone on clone.id = clone_id where name = '" + name + "'";
  }

  /** A clone that another host has. */
  private static void other(UUID id, String name, String mac) {
    Witness.change(
        """
        insert into clone (id, job_id, name, host, template, version, disk, state, instance_id, hostname, labels, ready_at)
        values ('%1$s', '%1$s', '%2$s', 'elsewhere', 'fleet', 1, 'LINKED', 'READY', '%1$s', '%2$s', '{}', clock_timestamp())
        """
            .formatted(id, name));
    Witness.change(
        "insert into mac (address, clone_id, nic) values ('%s', '%s', 0)".formatted(mac, id));
  }

  private static String metadata(Domain domain) {
    var root = DomainXml.parse(domain.xml()).root();
    return DomainXml.children(DomainXml.child(root, "metadata").orElseThrow(), null).stream()
        .map(
            element -> {
              var text = new java.util.TreeMap<String, String>();
              var attributes = element.getAttributes();
              for (int n = 0; n < attributes.getLength(); n++) {
                text.put(attributes.item(n).getNodeName(), attributes.item(n).getNodeValue());
              }
              return text.toString();
            })
        .toList()
        .toString();
  }

  private static void host(String name, int secondsAgo) {
    Witness.change(
        """
        insert into host (name, seen_at) values ('%1$s', clock_timestamp() - interval '%2$d seconds')
        on conflict (name) do update set seen_at = excluded.seen_at
        """
            .formatted(name, secondsAgo));
  }

  /** The job that a host is asked to do. */
  private static String member(String command, String host) {
    String query =
        "select member.id from job member join job on job.id = member.batch_id where job.command_id = '%s' and member.host = '%s'"
            .formatted(command, host);
    await().atMost(SOON).until(() -> !Witness.rows(query).isEmpty());
    return Witness.rows(query).get(0);
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static String state(String command) {
    return Witness.rows("select state from job where command_id = '" + command + "'").stream()
        .findFirst()
        .orElse("");
  }
}
