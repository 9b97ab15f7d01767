package id.cetak.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.GetResponse;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.FakeImages;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a caller's cloud-init files hold stands in the seed, in the job's row until the job has
 * ended, in the dead letter when the command was refused, and nowhere else. Each test puts in a
 * canary, and looks for it everywhere.
 */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class SecretsIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final Path CLEANS =
      Path.of("src/main/resources/db/migration/V017__callers_files.sql");

  private static Broker broker;
  private static Canary canary;

  @BeforeAll
  static void connect() {
    canary = new Canary();
    broker = new Broker(Containers.amqpUri());
    seal("vault", "vault-seal");
  }

  @AfterAll
  static void disconnect() throws Exception {
    broker.close();
    canary.close();
  }

  @AfterEach
  void only_seeds_hold_it() {
    FakeHost.GUESTS.duringSysprep(stop -> {});
    await()
        .atMost(SOON)
        .until(() -> Witness.rows("select 1 from outbox where sent_at is null").isEmpty());
    List<String> found = new ArrayList<>(Canary.columns());
    found.addAll(canary.outside(broker));
    assertThat(found).isEmpty();
  }

  @Test
  void a_completed_clone_leaves_its_files_in_its_seed_and_their_digests_in_its_row()
      throws Exception {
    String command = clone("done", Canary.files("done"));
    assertThat(run(command, "done").type()).isEqualTo("cetak.clone.completed");
    assertThat(seed("done"))
        .containsEntry("user-data", Canary.userData("done"))
        .containsEntry("network-config", Canary.networkConfig("done"));
    byte[] userData = Canary.userData("done").getBytes(StandardCharsets.UTF_8);
    assertThat(
            Witness.rows(
                "select spec#>>'{cloudInit,userData,sha256}' || ' ' || (spec#>>'{cloudInit,userData,bytes}')"
                    + " from job where command_id = 'done'"))
        .containsExactly(
            HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(userData))
                + " "
                + userData.length);
  }

  @Test
  void a_repetition_of_an_ended_clone_is_told_the_same_and_other_files_are_another_command() {
    String command = clone("secret-twice", Canary.files("secret-twice"));
    Broker.Seen first = run(command, "secret-twice");
    broker.send("host.engine", command);
    await().atMost(SOON).until(() -> broker.outcomes("secret-twice").size() >= 2);
    assertThat(broker.outcomes("secret-twice").stream().map(Broker.Seen::body))
        .containsOnly(first.body());
    broker.send("host.engine", clone("secret-twice", Canary.files("other")));
    assertThat(rejection("secret-twice").data().get("code").asText()).isEqualTo("ID_REUSED");
    assertThat(Witness.rows("select 1 from job where command_id = 'secret-twice'")).hasSize(1);
  }

  @Test
  void a_clone_that_is_tried_again_still_has_its_files() {
    FakeHost.IMAGES.failBefore("seed", new Failure(FailureCode.TOOL_FAILED, "no room."));
    FakeHost.HYPERVISOR.failBefore(
        "define", new Failure(FailureCode.HYPERVISOR_UNAVAILABLE, "libvirt does not answer."));
    Broker.Seen done = run(clone("again-s", Canary.files("again-s")), "again-s");
    assertThat(done.type()).as(done.body()).isEqualTo("cetak.clone.completed");
    assertThat(done.data().get("attempts").asInt()).isEqualTo(3);
    assertThat(seed("again-s")).containsEntry("user-data", Canary.userData("again-s"));
  }

  @Test
  void a_failed_clone_leaves_nothing_of_its_files() {
    FakeHost.HYPERVISOR.failBefore(
        "start", new Failure(FailureCode.HYPERVISOR_REFUSED, "no such machine type."));
    Broker.Seen failed =
        run(clone("failed-s", ", \"start\": true" + Canary.files("f")), "failed-s");
    assertThat(failed.type()).isEqualTo("cetak.clone.failed");
  }

  @Test
  void a_cancelled_clone_keeps_its_files_while_it_waits_and_not_longer() {
    seal("held-vault", "held-vault-seal");
    CountDownLatch go = FakeHost.holdSysprep();
    FakeHost.golden("held-vault-next");
    broker.send(
        "host.engine", Commands.sysprep("held-vault-2", "held-vault-next", "held-vault", ""));
    awaitState("held-vault-2", "RUNNING");
    broker.send("host.engine", Commands.clone("held-s", "held-vault", "held-s", Canary.files("h")));
    awaitState("held-s", "PARKED");
    assertThat(Canary.columns()).as("the search finds it").containsExactly("job.spec");
    broker.send("control", Commands.cancel("held-s-cancel", "held-s"));
    assertThat(broker.outcome("held-s", SOON).type()).isEqualTo("cetak.clone.cancelled");
    go.countDown();
    broker.outcome("held-vault-2", SOON);
  }

  @Test
  void a_batch_keeps_its_files_until_its_last_member_has_ended() {
    FakeHost.golden("bs-3");
    String batch = batch("bs", 5, "continue", Canary.files("{{name}}-{{index}}"));
    Broker.Seen first = run(batch, "bs");
    assertThat(first.data().get("completed").asInt()).isEqualTo(4);
    assertThat(first.data().get("failed").asInt()).isEqualTo(1);
    for (int n : List.of(1, 2, 4, 5)) {
      assertThat(seed("bs-" + n))
          .containsEntry("user-data", Canary.userData("bs-%1$d-%1$d".formatted(n)));
    }
    broker.send("host.engine", batch);
    await().atMost(SOON).until(() -> broker.outcomes("bs").size() >= 2);
    assertThat(broker.outcomes("bs").stream().map(Broker.Seen::body)).containsOnly(first.body());
    assertThat(
            Witness.rows(
                "select jsonb_typeof(shared_spec#>'{cloudInit,userData}') || jsonb_typeof(spec#>'{options,cloudInit,userData}')"
                    + " from job where command_id = 'bs'"))
        .containsExactly("objectobject");
  }

  @Test
  void a_batch_that_rolls_back_or_is_cancelled_leaves_nothing_of_its_files() {
    FakeHost.golden("bsr-4");
    Broker.Seen undone = run(batch("bsr", 6, "rollback", Canary.files("{{name}}")), "bsr");
    assertThat(undone.data().get("code").asText()).isEqualTo("BATCH_ROLLED_BACK");
    broker.send("host.engine", batch("bsc", 300, "continue", Canary.files("{{name}}")));
    await()
        .atMost(SOON)
        .until(() -> !Witness.rows("select 1 from clone where name like 'bsc-%'").isEmpty());
    assertThat(Canary.columns()).containsExactly("job.shared_spec", "job.spec");
    broker.send("control", Commands.cancel("bsc-cancel", "bsc"));
    Broker.Seen cancelled = broker.outcome("bsc", SOON);
    assertThat(cancelled.data().get("code").asText()).isEqualTo("CANCELLED");
  }

  @Test
  void a_dry_run_leaves_nothing_of_the_files() {
    run(clone("dry-s", ", \"dryRun\": true" + Canary.files("dry")), "dry-s");
    String batch = batch("dry-b", 3, "continue", ", \"dryRun\": true" + Canary.files("{{name}}"));
    assertThat(run(batch, "dry-b").type()).isEqualTo("cetak.preflight.completed");
  }

  @Test
  void a_refused_command_has_its_files_in_the_dead_letter_alone() {
    broker.drain("cetak.commands.dead");
    Map<String, String> refused =
        Map.of(
            "ref-1", clone("ref-1", Canary.files("r1") + ", \"colour\": 1"),
            "ref-2", clone("ref-2", Canary.files("r2").replace("userData", "usrData")),
            "ref-3", batch("ref-3", 2, "continue", Canary.files("{{%s}}".formatted(Canary.SECRET))),
            "ref-4", clone("ref-4", Canary.files("r4")).replace("\"#cloud-config\\n", ""),
            "ref-5",
                clone("ref-5", ", \"cloudInit\": {\"userData\": %s}".formatted(Canary.SECRET)));
    refused.forEach(
        (id, body) ->
            broker.send(
                "host.engine",
                body.getBytes(StandardCharsets.UTF_8),
                new AMQP.BasicProperties.Builder().messageId(id)));
    List<GetResponse> dead = new ArrayList<>();
    await()
        .atMost(SOON)
        .until(() -> dead.addAll(broker.drain("cetak.commands.dead")) && dead.size() >= 5);
    for (GetResponse letter : dead) {
      String id = letter.getProps().getMessageId();
      assertThat(new String(letter.getBody(), StandardCharsets.UTF_8)).isEqualTo(refused.get(id));
      assertThat(letter.getProps().toString()).as(id).doesNotContain(Canary.SECRET);
      assertThat(rejection(id).data().get("code").asText()).as(id).isEqualTo("INVALID");
    }
    assertThat(canary.heard("Command refused")).as("the log is heard").isTrue();
  }

  @Test
  void a_command_that_was_handed_to_another_host_is_not_kept_here() throws Exception {
    seal("far-vault", "far-vault-seal");
    Witness.change("update template_version set host = 'faraway' where template = 'far-vault'");
    broker.open().queueDeclare("faraway", false, true, true, Map.of());
    broker.open().queueBind("faraway", "cetak.commands", "host.faraway");
    String command = Commands.clone("far-s", "far-vault", "far-s", Canary.files("far"));
    broker.send("any", command);
    List<GetResponse> handed = new ArrayList<>();
    await().atMost(SOON).until(() -> handed.addAll(broker.drain("faraway")));
    assertThat(new String(handed.get(0).getBody(), StandardCharsets.UTF_8)).isEqualTo(command);
    assertThat(Witness.rows("select 1 from job where command_id = 'far-s'")).isEmpty();
    Witness.change("update template_version set host = 'engine' where template = 'far-vault'");
  }

  @Test
  void an_error_of_the_database_is_logged_without_the_row_that_it_is_about() {
    Witness.change("alter table job add constraint leaky check (subject <> 'leaky')");
    try {
      broker.send("host.engine", clone("leaky", Canary.files("leaky")));
      await().atMost(SOON).until(() -> canary.heard("Commands could not be taken in"));
    } finally {
      Witness.change("alter table job drop constraint leaky");
    }
    assertThat(canary.heard("violates check constraint \"leaky\"")).isTrue();
    assertThat(canary.heard("Failing row contains")).isFalse();
    assertThat(broker.outcome("leaky", SOON).type()).isEqualTo("cetak.clone.completed");
  }

  @Test
  void the_migration_cleans_the_rows_of_jobs_that_ended_before_it() throws Exception {
    try (Connection database =
            DriverManager.getConnection(
                Containers.postgres().getJdbcUrl(), Containers.user(), Containers.password());
        Statement statement = database.createStatement()) {
      statement.execute("create schema before17; set search_path to before17");
      for (Path migration : migrationsBefore(CLEANS)) {
        statement.execute(Files.readString(migration));
      }
      for (String state : List.of("COMPLETED", "FAILED", "CANCELLED", "QUEUED")) {
        statement.execute(oldJob(state));
      }
      statement.execute(oldLetter(1, "clock_timestamp()"));
      statement.execute(oldLetter(2, "null"));
      statement.execute(Files.readString(CLEANS));
      String holds = " where position('%s' in ".formatted(Canary.SECRET);
      assertThat(all(statement, "select state from job" + holds + "cast(spec as text)) > 0"))
          .containsExactly("QUEUED");
      assertThat(all(statement, "select state from job" + holds + "cast(shared_spec as text)) > 0"))
          .containsExactly("QUEUED");
      assertThat(
              all(
                  statement,
                  "select message_id from outbox" + holds + "encode(body, 'escape')) > 0"))
          .containsExactly("2");
      statement.execute("drop schema before17 cascade");
    }
  }

  private static String oldJob(String state) {
    return """
    insert into job (id, command_id, content_hash, type, spec, shared_spec, host, subject, state, verdict_code, ended_at)
    select gen_random_uuid(), '%1$s', sha256('x'), 'CLONE_BATCH',
           jsonb_build_object('options', files), files, 'h', 's', '%1$s', 'X',
           case when '%1$s' <> 'QUEUED' then clock_timestamp() end
      from (select jsonb_build_object('cloudInit', jsonb_build_object('userData', null, 'networkConfig', '%2$s')) as files) f
    """
        .formatted(state, Canary.networkConfig("old"));
  }

  private static String oldLetter(int id, String sent) {
    return """
    insert into outbox (message_id, order_key, exchange, routing_key, content_type, headers, body, may_vanish, sent_at)
    values ('%d', 'k', 'cetak.dead', '', 't', '{}', '%s', false, %s)
    """
        .formatted(id, Canary.networkConfig("old"), sent);
  }

  private static List<Path> migrationsBefore(Path one) throws Exception {
    try (Stream<Path> files = Files.list(one.getParent())) {
      return files.sorted().takeWhile(file -> !file.equals(one)).toList();
    }
  }

  private static List<String> all(Statement statement, String sql) throws Exception {
    List<String> all = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        all.add(rows.getString(1));
      }
    }
    return all;
  }

  private static void seal(String template, String id) {
    FakeHost.golden(template);
    broker.send("host.engine", Commands.sysprep(id, template, template, ""));
    Broker.Seen outcome = broker.outcome(id, SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.template.sealed");
  }

  private static String clone(String id, String more) {
    return Commands.clone(id, "vault", id, more);
  }

  private static String batch(String id, int count, String onFailure, String more) {
    String batch = Commands.batch(id, "vault", count);
    return batch.substring(0, batch.length() - 1)
        + ", \"onFailure\": \"%s\"%s}".formatted(onFailure, more);
  }

  private static Broker.Seen run(String command, String id) {
    broker.send("host.engine", command);
    return broker.outcome(id, SOON);
  }

  private static Broker.Seen rejection(String id) {
    return broker.event(
        seen -> seen.type().equals("cetak.command.rejected") && seen.commandId().equals(id), SOON);
  }

  private static void awaitState(String command, String state) {
    await(command + " " + state)
        .atMost(SOON)
        .until(
            () ->
                Witness.rows("select state from job where command_id = '" + command + "'")
                    .contains(state));
  }

  private static Map<String, String> seed(String name) {
    Path folder =
        DomainXml.parse(FakeHost.HYPERVISOR.find(name).orElseThrow().xml()).disks().stream()
            .flatMap(disk -> Stream.ofNullable(disk.file()))
            .map(Path::getParent)
            .findFirst()
            .orElseThrow();
    return FakeImages.seedFiles(folder.resolve("seed.iso"));
  }
}
