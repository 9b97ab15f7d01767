package id.cetak.clone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.command.Command;
import id.cetak.engine.EngineResource;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.identity.HostKey;
import id.cetak.identity.MacLedger;
import id.cetak.identity.MacReservations;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ledger on a real PostgreSQL. Its jobs are of a host that no worker serves. */
@QuarkusTest
@QuarkusTestResource(EngineResource.class)
@SuppressWarnings("NullAway.Init")
class CloneStoreIT {
  private static final String HOST = "nobody-serves-me";

  @Inject CloneLedger ledger;
  @Inject MacReservations addresses;
  @Inject DataSource database;

  /** What the reservations are of. */
  @BeforeEach
  void seal() throws SQLException {
    change("insert into template (name) values ('debian-12') on conflict do nothing");
    change(
        """
        insert into template_version (id, template, version, host, state, domain_xml, fence, sealed_at)
        values ('%s', 'debian-12', 3, '%s', 'SEALED', '<domain/>', 1, now())
        on conflict (template, version) do update set state = 'SEALED'
        """
            .formatted(UUID.randomUUID(), HOST));
  }

  @Test
  void a_name_has_one_holder_however_many_ask_at_once() throws Exception {
    String name = unique();
    List<Callable<Boolean>> asks = new ArrayList<>();
    for (int n = 0; n < 8; n++) {
      Reservation wanted = reservation(job(1), 1, name);
      asks.add(() -> ledger.reserve(wanted).isEmpty());
    }
    assertThat(together(asks)).containsOnlyOnce(true);
  }

  @Test
  void the_refusal_names_the_holder() throws SQLException {
    String name = unique();
    UUID holder = job(1);
    ledger.reserve(reservation(holder, 1, name));
    assertThat(ledger.reserve(reservation(job(1), 1, name)))
        .contains(new CloneLedger.Holder(holder, HOST, "debian-12", 3));
  }

  @Test
  void reserving_again_replaces_the_entry() throws SQLException {
    UUID id = job(2);
    String name = unique();
    assertThat(ledger.reserve(reservation(id, 2, name))).isEmpty();
    assertThat(ledger.reserve(reservation(id, 2, name))).isEmpty();
    assertThat(count("clone where id = '" + id + "' and version = 3")).isEqualTo(1);
  }

  @Test
  void a_late_attempt_reserves_nothing() throws SQLException {
    UUID id = job(2);
    assertThatThrownBy(() -> ledger.reserve(reservation(id, 1, unique())))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.OUTCOME_UNKNOWN));
    assertThat(count("clone where id = '" + id + "'")).isZero();
  }

  @Test
  void nothing_is_reserved_of_a_version_that_was_withdrawn() throws SQLException {
    UUID begun = job(1);
    String name = unique();
    ledger.reserve(reservation(begun, 1, name));
    change(
        "update template_version set state = 'RECALLED', recalled_at = now() where template ="
            + " 'debian-12'");
    UUID id = job(1);
    for (Reservation late : List.of(reservation(id, 1, unique()), reservation(begun, 1, name))) {
      assertThatThrownBy(() -> ledger.reserve(late))
          .isInstanceOfSatisfying(
              Failure.class, f -> assertThat(f.reason()).contains("debian-12@3 was withdrawn"));
    }
    assertThat(count("clone where id = '" + id + "'")).isZero();
  }

  @Test
  void a_clone_is_held_by_one_job_and_not_removed_meanwhile() throws SQLException {
    UUID id = job(1);
    UUID first = job(2);
    UUID second = job(1);
    ledger.reserve(reservation(id, 1, unique()));
    assertThat(ledger.hold(new CloneClaim(first, 2, id, HOST))).as("not READY yet").isFalse();
    QuarkusTransaction.requiringNew().run(() -> ledger.ready(id, null, List.of()));
    assertThat(ledger.hold(new CloneClaim(first, 1, id, HOST))).as("late attempt").isFalse();
    assertThat(ledger.hold(new CloneClaim(first, 2, id, "elsewhere"))).isFalse();
    assertThat(ledger.hold(new CloneClaim(first, 2, id, HOST))).isTrue();
    assertThat(ledger.hold(new CloneClaim(first, 2, id, HOST))).as("again").isTrue();
    assertThat(ledger.hold(new CloneClaim(second, 1, id, HOST))).isFalse();
    assertThat(ledger.beginDeletion(new CloneClaim(second, 1, id, HOST))).isFalse();
    assertThatThrownBy(
            () -> QuarkusTransaction.requiringNew().run(() -> ledger.flattened(id, second)))
        .isInstanceOf(IllegalStateException.class);
    QuarkusTransaction.requiringNew().run(() -> ledger.flattened(id, first));
    assertThat(count("clone where id = '" + id + "' and disk = 'FULL' and held_by is null"))
        .isEqualTo(1);
    assertThat(ledger.beginDeletion(new CloneClaim(second, 1, id, HOST))).isTrue();
    assertThat(ledger.hold(new CloneClaim(first, 2, id, HOST))).isFalse();
  }

  @Test
  void a_late_attempt_releases_nothing() throws SQLException {
    UUID id = job(2);
    ledger.reserve(reservation(id, 2, unique()));
    ledger.release(id, 1);
    assertThat(count("clone where id = '" + id + "'")).isEqualTo(1);
  }

  @Test
  void a_released_entry_goes_with_its_addresses_and_may_be_released_twice() throws SQLException {
    UUID id = job(1);
    ledger.reserve(reservation(id, 1, unique()));
    macs(1 << 24).allocate(id, 3, (mac, clone) -> false);
    assertThat(count("mac where clone_id = '" + id + "'")).isEqualTo(3);
    ledger.release(id, 1);
    ledger.release(id, 1);
    assertThat(count("mac where clone_id = '" + id + "'")).isZero();
    assertThat(count("clone where id = '" + id + "'")).isZero();
  }

  @Test
  void a_ready_entry_stays() throws SQLException {
    UUID id = job(1);
    ledger.reserve(reservation(id, 1, unique()));
    QuarkusTransaction.requiringNew().run(() -> ledger.ready(id, null, List.of()));
    ledger.release(id, 1);
    assertThat(count("clone where id = '" + id + "' and ready_at is not null")).isEqualTo(1);
  }

  @Test
  void an_entry_is_ready_once_and_only_inside_the_transaction_that_says_so() throws SQLException {
    UUID id = job(1);
    ledger.reserve(reservation(id, 1, unique()));
    assertThatThrownBy(() -> ledger.ready(id, null, List.of()))
        .isInstanceOf(RuntimeException.class);
    QuarkusTransaction.requiringNew().run(() -> ledger.ready(id, null, List.of()));
    assertThatThrownBy(
            () -> QuarkusTransaction.requiringNew().run(() -> ledger.ready(id, null, List.of())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_clone_that_was_sealed_gives_its_name_and_addresses_back() throws SQLException {
    UUID id = job(1);
    String name = unique();
    ledger.reserve(reservation(id, 1, name));
    macs(1 << 24).allocate(id, 1, (mac, clone) -> false);
    QuarkusTransaction.requiringNew().run(() -> ledger.consumed(id));
    assertThat(count("clone where id = '" + id + "'")).as("not READY yet").isEqualTo(1);
    QuarkusTransaction.requiringNew().run(() -> ledger.ready(id, null, List.of()));
    QuarkusTransaction.requiringNew().run(() -> ledger.consumed(id));
    assertThat(addresses.of(id)).isEmpty();
    assertThat(ledger.reserve(reservation(job(1), 1, name))).isEmpty();
  }

  @Test
  void no_two_clones_have_one_host_key_or_machine_id() throws SQLException {
    HostKey key =
        HostKey.read(
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl")
            .orElseThrow();
    String machineId = UUID.randomUUID().toString().replace("-", "");
    UUID first = job(1);
    ledger.reserve(reservation(first, 1, unique()));
    QuarkusTransaction.requiringNew().run(() -> ledger.ready(first, machineId, List.of(key)));
    assertThat(
            count(
                "ssh_host_key where minted and clone_id = '%s' and fingerprint = '%s'"
                    .formatted(first, key.fingerprint())))
        .isEqualTo(1);
    UUID second = job(1);
    ledger.reserve(reservation(second, 1, unique()));
    assertThatThrownBy(
            () ->
                QuarkusTransaction.requiringNew()
                    .run(() -> ledger.ready(second, null, List.of(key))))
        .hasStackTraceContaining("ssh_host_key");
    assertThatThrownBy(
            () ->
                QuarkusTransaction.requiringNew()
                    .run(() -> ledger.ready(second, machineId, List.of())))
        .hasStackTraceContaining("machine_id");
    QuarkusTransaction.requiringNew().run(() -> ledger.consumed(first));
    assertThat(count("ssh_host_key where clone_id = '" + first + "'")).isZero();
    QuarkusTransaction.requiringNew().run(() -> ledger.ready(second, machineId, List.of(key)));
  }

  @Test
  void labels_are_data_and_nothing_else() throws SQLException {
    UUID id = job(1);
    ledger.reserve(reservation(id, 1, unique()));
    assertThat(count("clone where id = '" + id + "' and labels ->> 'team' = '''; drop table mac'"))
        .isEqualTo(1);
  }

  @Test
  void clones_that_draw_from_few_addresses_at_once_share_none() throws Exception {
    MacLedger crowded = macs(64);
    List<UUID> ids = new ArrayList<>();
    List<Callable<Boolean>> draws = new ArrayList<>();
    for (int n = 0; n < 24; n++) {
      UUID id = job(1);
      ledger.reserve(reservation(id, 1, unique()));
      ids.add(id);
      draws.add(() -> crowded.allocate(id, 2, (mac, clone) -> false).size() == 2);
    }
    assertThat(together(draws)).hasSize(24).containsOnly(true);
    assertThat(ids).flatMap(id -> addresses.of(id).values()).hasSize(48).doesNotHaveDuplicates();
  }

  private MacLedger macs(int addressSpace) {
    var random =
        new Random() {
          private static final long serialVersionUID = 1L;

          @Override
          public int nextInt(int bound) {
            return super.nextInt(Math.min(bound, addressSpace));
          }
        };
    return new MacLedger(addresses, random);
  }

  private static List<Boolean> together(List<Callable<Boolean>> asks) throws Exception {
    var threads = Executors.newFixedThreadPool(8);
    try {
      List<Boolean> answers = new ArrayList<>();
      for (Future<Boolean> answer : threads.invokeAll(asks)) {
        answers.add(answer.get());
      }
      return answers;
    } finally {
      threads.shutdown();
    }
  }

  private Reservation reservation(UUID id, int attempt, String name) {
    Command.Clone command =
        CloneBench.command(
            form -> {
              form.name = name;
              form.team = "'; drop table mac";
              return form;
            });
    return new Reservation(id, new Origin("debian-12", 3, attempt, "order"), HOST, command);
  }

  private static String unique() {
    return "c" + UUID.randomUUID();
  }

  private UUID job(int attempt) throws SQLException {
    UUID id = UUID.randomUUID();
    try (Connection connection = database.getConnection();
        var insert =
            connection.prepareStatement(
                """
                insert into job (id, command_id, content_hash, type, spec, host, subject, state,
                                 attempt, deadline)
                values (?, ?, sha256(''), 'CLONE', '{}', ?, 'test', 'QUEUED', ?, now())
                """)) {
      insert.setObject(1, id);
      insert.setString(2, id.toString());
      insert.setString(3, HOST);
      insert.setInt(4, attempt);
      insert.executeUpdate();
    }
    return id;
  }

  private void change(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private int count(String what) throws SQLException {
    try (Connection connection = database.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select count(*) from " + what)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
