package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import id.cetak.engine.EngineResource;
import id.cetak.engine.FakeHost;
import id.cetak.lab.Broker;
import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who asked for what, and what came of it: in rows that nobody changes. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
class TrailIT {
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Path MIGRATION = Path.of("src/main/resources/db/migration/V018__trail.sql");

  private static Broker broker;

  private final JobStore jobs;
  private final ClaimStore claims;

  @Inject
  TrailIT(JobStore jobs, ClaimStore claims) {
    this.jobs = jobs;
    this.claims = claims;
  }

  @BeforeAll
  static void connect() {
    broker = new Broker(Containers.amqpUri());
    FakeHost.golden("traced");
    run("traced-seal", Commands.sysprep("traced-seal", "traced", "traced", ""));
  }

  @AfterAll
  static void disconnect() throws Exception {
    broker.close();
  }

  @AfterEach
  void each_job_of_all_tests_has_been_accepted_once_and_ended_as_often_as_it_has() {
    assertThat(
            Witness.rows(
                """
                select job.command_id || ' ' || count(*) filter (where what = 'accepted')
                       || ' ' || count(*) filter (where what = 'ended')
                  from job left join trail on trail.job_id = job.id
                 group by job.id
                having count(*) filter (where what = 'accepted') <> 1
                    or count(*) filter (where what = 'ended') <> case when ended_at is null then 0 else 1 end
                """))
        .isEmpty();
    assertThat(
            Witness.rows(
                """
                select trail.command_id from trail join job on trail.job_id = job.id
                 where what = 'ended' and (trail.state, trail.code) is distinct from (job.state, verdict_code)
                    or (trail.command_id, trail.type, trail.producer, trail.subject)
                       is distinct from (job.command_id, job.type, job.producer, job.subject)
                """))
        .isEmpty();
  }

  @Test
  void a_command_that_comes_three_times_has_two_rows_that_say_who_what_and_how_it_ended() {
    byte[] command = Commands.clone("tr-1", "traced", "tr-1", "").getBytes(StandardCharsets.UTF_8);
    for (int n = 0; n < 3; n++) {
      broker.send(
          "host.engine", command, new AMQP.BasicProperties.Builder().userId(Containers.user()));
    }
    broker.outcome("tr-1", SOON);
    run("tr-2", Commands.clone("tr-2", "no-such", "tr-2", ""));
    assertThat(trail("tr-1"))
        .containsExactly(
            "accepted CLONE cetak false engine tr-1 - -",
            "ended CLONE cetak false engine tr-1 COMPLETED -");
    assertThat(trail("tr-2"))
        .containsExactly(
            "accepted CLONE - false engine tr-2 - -",
            "ended CLONE - false engine tr-2 FAILED TEMPLATE_UNKNOWN");
  }

  @Test
  void a_cancel_and_what_it_cancels_are_in_the_trail() {
    broker.send("control", Commands.cancel("tr-c-cancel", "tr-c"));
    broker.outcome("tr-c-cancel", SOON);
    run("tr-c", Commands.clone("tr-c", "traced", "tr-c", ""));
    assertThat(trail("tr-c-cancel"))
        .containsExactly(
            "accepted CANCEL - false engine tr-c - -",
            "ended CANCEL - false engine tr-c COMPLETED -");
    assertThat(trail("tr-c")).last().asString().endsWith("CANCELLED CANCELLED");
  }

  @Test
  void each_clone_of_a_batch_is_in_the_trail() {
    run("tr-b", Commands.batch("tr-b", "traced", 20));
    assertThat(
            Witness.rows(
                "select count(*) from trail where command_id like 'tr-b%' and what = 'ended'"))
        .containsExactly("21");
  }

  @Test
  void a_refused_command_is_in_the_trail_with_its_reason_in_one_word() {
    broker.send("host.engine", Commands.clone("tr-bad", "traced", "tr-bad", ", \"colour\": 1"));
    await().atMost(SOON).until(() -> !trail("tr-bad").isEmpty());
    assertThat(trail("tr-bad")).containsExactly("rejected - - false engine - - INVALID");
  }

  @Test
  void what_a_worker_does_for_itself_is_told_from_what_was_asked() {
    Witness.change(insert(UUID.randomUUID(), "start/" + UUID.randomUUID(), "tr-own"));
    assertThat(Witness.rows("select cast(own as text) from trail where host = 'tr-own'"))
        .containsExactly("true");
  }

  @Test
  void a_late_worker_and_an_end_that_is_rolled_back_add_nothing() {
    UUID id = UUID.randomUUID();
    Witness.change(insert(id, id.toString(), "tr-late"));
    Job late = claim("tr-late", SHORT);
    Job now = claim("tr-late", LONG);
    assertThat(QuarkusTransaction.requiringNew().call(() -> complete(id, late.attempt())))
        .isFalse();
    QuarkusTransaction.begin();
    assertThat(complete(id, now.attempt())).isTrue();
    QuarkusTransaction.rollback();
    assertThat(trail(id.toString())).hasSize(1);
    assertThat(QuarkusTransaction.requiringNew().call(() -> complete(id, now.attempt()))).isTrue();
    assertThat(trail(id.toString())).last().isEqualTo("ended CANCEL - false tr-late x COMPLETED -");
  }

  @Test
  void rows_of_the_trail_are_neither_changed_nor_removed() {
    for (String change :
        List.of(
            "update trail set producer = 'somebody else'",
            "delete from trail",
            "delete from trail where false",
            "truncate trail",
            "set session_replication_role = replica; delete from trail")) {
      assertThatThrownBy(() -> Witness.change(change))
          .as(change)
          .cause()
          .hasMessageContaining("The trail is only added to");
    }
    assertThat(Witness.rows("select 1 from trail limit 1")).hasSize(1);
  }

  @Test
  void a_workers_own_login_can_add_to_the_trail_and_not_take_its_guard_away() throws Exception {
    Witness.change("create role cetak_worker login password 'w'");
    Witness.change(Files.readString(Path.of("deploy/postgres/worker-role.sql")));
    try (Connection worker =
            DriverManager.getConnection(Containers.postgres().getJdbcUrl(), "cetak_worker", "w");
        Statement statement = worker.createStatement()) {
      statement.execute(insert(UUID.randomUUID(), "tr-role", "tr-role"));
      statement.execute(
          "update job set state = 'COMPLETED', ended_at = clock_timestamp() where command_id = 'tr-role'");
      assertThat(trail("tr-role")).hasSize(2);
      for (String change :
          List.of(
              "update trail set producer = 'x'",
              "delete from trail",
              "truncate trail",
              "alter table trail disable trigger all",
              "drop trigger trail_is_only_added_to on trail",
              "drop trigger job_trail_ended on job",
              "set session_replication_role = replica",
              "delete from flyway_schema_history")) {
        assertThatThrownBy(() -> statement.execute(change))
            .as(change)
            .isInstanceOf(SQLException.class)
            .hasMessageMatching("(?s).*(permission denied|must be owner).*");
      }
    } finally {
      Witness.change("drop owned by cetak_worker; drop role cetak_worker");
    }
  }

  @Test
  void old_rows_are_moved_away_as_the_document_says_and_the_guard_stands_again() throws Exception {
    UUID id = UUID.randomUUID();
    Witness.change(insert(id, id.toString(), "tr-old"));
    String document = Files.readString(Path.of("docs/security.md"));
    String move =
        document
            .substring(document.indexOf("    begin;"), document.indexOf("    commit;"))
            .replace("at < now() - interval '2 years'", "job_id = '%s'".formatted(id));
    Witness.change(move + "commit");
    assertThat(Witness.rows("select job_id::text from trail_archive"))
        .containsExactly(id.toString());
    assertThat(trail(id.toString())).isEmpty();
    assertThatThrownBy(
            () -> Witness.change("set session_replication_role = replica; delete from trail"))
        .cause()
        .hasMessageContaining("The trail is only added to");
    Witness.change(
        "insert into trail overriding system value select * from trail_archive; drop table trail_archive");
  }

  @Test
  void the_migration_tells_what_is_known_of_the_jobs_that_were_there_before() throws Exception {
    try (Connection database =
            DriverManager.getConnection(
                Containers.postgres().getJdbcUrl(), Containers.user(), Containers.password());
        Statement statement = database.createStatement();
        Stream<Path> files = Files.list(MIGRATION.getParent())) {
      statement.execute("create schema before18; set search_path to before18");
      for (Path earlier : files.sorted().takeWhile(file -> !file.equals(MIGRATION)).toList()) {
        statement.execute(Files.readString(earlier));
      }
      statement.execute(insert(UUID.randomUUID(), "old-1", "h"));
      statement.execute(insert(UUID.randomUUID(), "old-2", "h"));
      statement.execute(
          "update job set state = 'FAILED', verdict_code = 'X', ended_at = now() where command_id = 'old-2'");
      statement.execute(Files.readString(MIGRATION));
      List<String> told = new ArrayList<>();
      var rows =
          statement.executeQuery(
              "select concat_ws(' ', command_id, what, trail.state, code) from trail"
                  + " join job using (command_id)"
                  + " where at = case what when 'ended' then ended_at else accepted_at end order by 1");
      while (rows.next()) {
        told.add(rows.getString(1));
      }
      assertThat(told).containsExactly("old-1 accepted", "old-2 accepted", "old-2 ended FAILED X");
      statement.execute("drop schema before18 cascade");
    }
  }

  private boolean complete(UUID id, int attempt) {
    return jobs.end(id, attempt, JobState.RUNNING, JobState.COMPLETED);
  }

  private Job claim(String host, Duration lease) {
    List<Job> claimed = new ArrayList<>();
    await()
        .until(
            () ->
                claimed.addAll(
                    claims.claim(new ClaimStore.Claimant(host, "test", lease), 1, true)));
    return claimed.get(0);
  }

  private static String insert(UUID id, String command, String host) {
    return """
    insert into job (id, command_id, content_hash, type, spec, host, subject, state, deadline)
    values ('%s', '%s', sha256('x'), 'CANCEL', '{"id": "a", "target": "x"}', '%s', 'x', 'QUEUED',
            clock_timestamp() + interval '1 hour')
    """
        .formatted(id, command, host);
  }

  private static void run(String id, String command) {
    broker.send("host.engine", command);
    broker.outcome(id, SOON);
  }

  private static List<String> trail(String command) {
    return Witness.rows(
        """
        select concat_ws(' ', what, coalesce(type, '-'), coalesce(producer, '-'), cast(own as text), host, coalesce(subject, '-'),
                         coalesce(state, '-'), coalesce(code, '-'))
          from trail where command_id = '%s' order by id
        """
            .formatted(command));
  }
}
