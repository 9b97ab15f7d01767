package id.cetak.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.PowerState;
import id.cetak.lab.Libvirtd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** libvirtd restarts, dies, hangs or is not there yet, under connections that are open. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
class LibvirtLossIT {
  private static final String URI = "qemu:///system";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final UUID uuid = UUID.randomUUID();
  private final String xml = QemuDomain.xml("loss-" + uuid.toString().substring(0, 8), uuid);
  private final LibvirtHypervisor hypervisor = new LibvirtHypervisor(URI, 4, Duration.ofSeconds(1));

  @BeforeEach
  void start() {
    Libvirtd.start();
  }

  @AfterEach
  void leave_nothing() {
    Libvirtd.start();
    hypervisor.destroy(uuid);
    hypervisor.undefine(uuid);
    hypervisor.close();
  }

  @Test
  void without_libvirtd_a_call_says_that_nothing_happened_and_works_once_it_is_there() {
    Libvirtd.stop();

    assertUnavailable(() -> hypervisor.define(xml));

    Libvirtd.start();
    hypervisor.define(xml);
  }

  @Test
  void after_a_restart_the_next_call_works_on_every_connection() {
    hypervisor.define(xml);
    Libvirtd.kill();
    Libvirtd.start();

    assertThat(hypervisor.find(uuid)).isPresent();
    hypervisor.start(uuid);
    hypervisor.destroy(uuid);
  }

  @Test
  void a_guest_outlives_libvirtd_and_is_told_again_and_events_come_again() {
    List<Domain> told = new CopyOnWriteArrayList<>();
    hypervisor.onStarted(told::add);
    hypervisor.define(xml);
    hypervisor.start(uuid);
    awaitTold(told);

    told.clear();
    Libvirtd.kill();
    Libvirtd.start();
    awaitTold(told);

    hypervisor.destroy(uuid);
    told.clear();
    hypervisor.start(uuid);
    awaitTold(told);
  }

  @Test
  void a_listener_that_was_added_while_libvirtd_was_down_hears_once_it_is_up() {
    Libvirtd.stop();
    List<Domain> told = new CopyOnWriteArrayList<>();
    hypervisor.onStarted(told::add);

    Libvirtd.start();
    hypervisor.define(xml);
    hypervisor.start(uuid);

    awaitTold(told);
  }

  @Test
  void a_libvirtd_that_hangs_ends_a_look_up_as_unavailable_by_keepalive() {
    hypervisor.define(xml);
    assertThat(hypervisor.find(uuid)).isPresent();
    Libvirtd.freeze();
    try {
      assertUnavailable(() -> hypervisor.find(uuid));
    } finally {
      Libvirtd.thaw();
    }

    assertThat(hypervisor.find(uuid)).map(Domain::state).contains(PowerState.OFF);
  }

  /** libvirt has no limit of its own for opening a connection: that is the guard's. */
  @Test
  void a_libvirtd_that_hangs_keeps_no_caller_longer_than_the_limit() {
    GuardedHypervisor guarded =
        new GuardedHypervisor(hypervisor, Duration.ofMillis(500), Duration.ofMillis(500));
    Libvirtd.freeze();
    try {
      assertUnavailable(() -> guarded.find(uuid));
      assertFails(() -> guarded.define(xml), FailureCode.OUTCOME_UNKNOWN);
    } finally {
      Libvirtd.thaw();
    }

    await().atMost(PATIENCE).ignoreExceptions().until(() -> guarded.find(uuid).isEmpty());
    hypervisor.define(xml);
    assertThat(hypervisor.find(uuid)).isPresent();
    guarded.close();
  }

  /** A frozen libvirtd holds a call back in opening its connection; it must not be sent later. */
  @Test
  void a_change_that_nobody_waits_for_any_more_is_not_sent() {
    LibvirtHypervisor one = new LibvirtHypervisor(URI, 1, Duration.ofSeconds(1));
    GuardedHypervisor guarded =
        new GuardedHypervisor(one, Duration.ofSeconds(10), Duration.ofMillis(500));
    Libvirtd.freeze();
    try {
      assertFails(() -> guarded.define(xml), FailureCode.OUTCOME_UNKNOWN);
    } finally {
      Libvirtd.thaw();
    }

    // Waits for the only connection that changes something, so the held call has ended by then.
    assertThat(one.refusalToStart(xml)).isEmpty();
    assertThat(one.find(uuid)).isEmpty();
    guarded.close();
    one.close();
  }

  @Test
  void many_threads_survive_a_libvirtd_that_is_killed_again_and_again() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    AtomicInteger lives = new AtomicInteger();
    List<Future<?>> workers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(6);
    for (int i = 0; i < 6; i++) {
      workers.add(threads.submit(() -> liveAndDie(ended, lives)));
    }
    for (int kill = 0; kill < 6; kill++) {
      int before = lives.get();
      await().atMost(PATIENCE).until(() -> lives.get() > before + 2);
      Libvirtd.kill();
      Libvirtd.start();
    }
    ended.set(true);
    for (Future<?> worker : workers) {
      worker.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  /** A domain's life over and over; none of it is left behind. */
  private void liveAndDie(AtomicBoolean ended, AtomicInteger lives) {
    UUID mine = UUID.randomUUID();
    while (!ended.get()) {
      try {
        hypervisor.define(QemuDomain.xml("killed-" + mine, mine));
        hypervisor.start(mine);
        hypervisor.destroy(mine);
        hypervisor.undefine(mine);
        lives.incrementAndGet();
      } catch (Failure failure) {
        assertThat(failure.code())
            .as(failure.reason())
            .isIn(FailureCode.HYPERVISOR_UNAVAILABLE, FailureCode.OUTCOME_UNKNOWN);
      }
    }
    hypervisor.destroy(mine);
    hypervisor.undefine(mine);
    assertThat(hypervisor.find(mine)).isEmpty();
  }

  private void awaitTold(List<Domain> told) {
    await()
        .atMost(PATIENCE)
        .until(() -> told.stream().anyMatch(domain -> domain.uuid().equals(uuid)));
  }

  private static void assertUnavailable(Runnable act) {
    assertFails(act, FailureCode.HYPERVISOR_UNAVAILABLE);
  }

  private static void assertFails(Runnable act, FailureCode code) {
    assertThatThrownBy(act::run)
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }
}
