package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * kill -9 of the worker before the effect, after the effect and after the journal entry of every
 * step, while doing and while undoing. One job meets all of its crashes in turn, each in a worker
 * of its own; what is judged at the end is what the witnesses see.
 *
 * <p>Places where a worker leaves the same behind are met once: after a step's journal entry it
 * leaves what it leaves before the next step's effect, unless the entry is written with a later
 * one; and after an undo what it leaves before the next.
 *
 * <p>A worker takes seconds to start, so without {@code CETAK_TEST_CRASHES=all} only those places
 * are met where a dead process can leave what a dead thread cannot: a file half written, a call
 * that libvirt has or has not heard, a commit or a confirm whose answer nobody read.
 */
class CrashMatrixIT {
  static final List<String> CLONE =
      List.of("plan", "disks", "nvram", "seed", "define", "start", "verify");
  static final List<String> SEAL =
      List.of(
          "plan",
          "shutdown",
          "overlay",
          "sysprep",
          "machine-id",
          "attest",
          "judge",
          "flatten",
          "digest",
          "barrier",
          "tidy",
          "consume");
  private static final Set<String> ALWAYS =
      Set.of(
          "intake.accept.after-commit",
          "clone.disks.after-effect",
          "clone.define.before-effect",
          "clone.define.after-effect",
          "clone.start.after-effect",
          "clone.finish.before-commit",
          "clone.finish.after-commit",
          "outbox.round.after-confirm",
          "clone.define.before-undo",
          "clone.disks.before-undo",
          "clone.undone.before-commit",
          "sysprep.overlay.after-effect",
          "sysprep.sysprep.after-effect",
          "sysprep.flatten.after-effect",
          "sysprep.barrier.after-effect",
          "sysprep.consume.before-effect",
          "sysprep.consume.after-effect",
          "sysprep.finish.before-commit",
          "sysprep.barrier.before-undo",
          "sysprep.flatten.before-undo",
          "sysprep.plan.after-undo",
          "clone-batch.spawn.after-effect",
          "clone-batch.await.after-effect",
          "clone-batch.finish.before-commit",
          "delete.domain.after-effect",
          "delete.files.before-effect",
          "delete.finish.before-commit");

  private static final boolean ALL = "all".equals(System.getenv("CETAK_TEST_CRASHES"));
  private static final Duration REACH = Duration.ofMinutes(3);
  private static final Duration END = Duration.ofMinutes(3);

  private static Lab lab;
  private static Broker broker;
  private static Witness witness;

  @BeforeAll
  static void start() {
    lab = Lab.get();
    lab.template();
    broker = new Broker(Containers.amqpUri());
    witness = new Witness(lab, broker);
  }

  @AfterAll
  static void stop() throws Exception {
    broker.close();
  }

  @Test
  void a_clone_whose_worker_is_killed_at_every_step_is_made_exactly_once() {
    List<String> places = new ArrayList<>(List.of("intake.accept.after-commit"));
    places.addAll(places("clone", CLONE));
    places.addAll(
        List.of(
            "clone.finish.before-commit",
            "clone.finish.after-commit",
            "outbox.round.before-publish",
            "outbox.round.after-confirm"));
    broker.send(
        "host.lab",
        Commands.clone("crash-clone", lab.template(), "crash-clone", ", \"start\": true"));
    crashAt(places);
    assertThat(finish("crash-clone")).isEqualTo("cetak.clone.completed");
  }

  @Test
  void a_clone_that_fails_and_whose_worker_is_killed_at_every_undo_leaves_nothing() {
    List<String> places = new ArrayList<>();
    for (int step = CLONE.size() - 1; step >= 0; step--) {
      places.add("clone." + CLONE.get(step) + ".before-undo");
    }
    places.add("clone.undone.before-commit");
    places.add("clone.undone.after-commit");
    broker.send(
        "host.lab",
        Commands.clone("crash-undo", lab.template(), "crash-undo", ", \"start\": true"));
    cancelAndCrashAt("clone.finish.before-commit", "crash-undo");
    crashAt(places);
    assertThat(finish("crash-undo")).isEqualTo("cetak.clone.cancelled");
  }

  @Test
  void a_seal_whose_worker_is_killed_at_every_step_makes_exactly_one_version() {
    lab.defineGuest("crash-seal");
    List<String> places = new ArrayList<>();
    for (String step : SEAL) {
      places.add("sysprep." + step + ".before-effect");
      places.add("sysprep." + step + ".after-effect");
    }
    // What comes next cannot be taken back, and that is written down before it is begun.
    places.add(places.indexOf("sysprep.consume.before-effect"), "sysprep.tidy.after-journal");
    places.add("sysprep.finish.before-commit");
    places.add("sysprep.finish.after-commit");
    broker.send("host.lab", Commands.sysprep("crash-seal", "crash-seal", "crash", ""));
    crashAt(places);
    assertThat(finish("crash-seal")).isEqualTo("cetak.template.sealed");
    assertThat(Witness.rows("select state from template_version where template = 'crash'"))
        .containsExactly("SEALED");
  }

  @Test
  void a_seal_that_is_cancelled_and_whose_worker_is_killed_at_every_undo_leaves_the_domain_alone() {
    var disk = lab.defineGuest("crash-unseal");
    String digest = Shell.must("sha256sum", disk.toString());
    List<String> places = new ArrayList<>();
    for (int step = SEAL.indexOf("barrier"); step >= 0; step--) {
      places.add("sysprep." + SEAL.get(step) + ".before-undo");
    }
    places.add("sysprep.plan.after-undo");
    broker.send("host.lab", Commands.sysprep("crash-unseal", "crash-unseal", "uncrash", ""));
    cancelAndCrashAt("sysprep.barrier.after-effect", "crash-unseal");
    crashAt(places);
    assertThat(finish("crash-unseal")).isEqualTo("cetak.sysprep.failed");
    assertThat(Shell.must("virsh", "domstate", "crash-unseal")).contains("shut off");
    assertThat(Shell.must("sha256sum", disk.toString())).isEqualTo(digest);
    Shell.must("virsh", "undefine", "crash-unseal");
  }

  @Test
  void a_batch_whose_worker_is_killed_at_every_step_is_made_exactly_once() {
    List<String> places = new ArrayList<>(places("clone-batch", List.of("plan", "spawn")));
    // Enough clones that some are still to be made at each of these: the others go on meanwhile.
    places.addAll(
        List.of(
            "clone.disks.after-effect",
            "clone.define.before-effect",
            "clone.finish.before-commit",
            "clone.finish.after-commit",
            "clone-batch.await.before-effect",
            "clone-batch.await.after-effect",
            "clone-batch.await.after-journal",
            "clone-batch.finish.before-commit",
            "clone-batch.finish.after-commit"));
    broker.send("host.lab", Commands.batch("crash-batch", lab.template(), 80));
    crashAt(places);
    assertThat(finish("crash-batch")).isEqualTo("cetak.batch.completed");
    assertThat(Witness.rows("select count(*)::text from clone where name like 'crash-batch-%'"))
        .containsExactly("80");
  }

  @Test
  void a_deletion_whose_worker_is_killed_at_every_step_leaves_nothing() {
    List<String> places = new ArrayList<>(places("delete", List.of("plan", "domain", "files")));
    places.addAll(List.of("delete.finish.before-commit", "delete.finish.after-commit"));
    broker.send(
        "host.lab",
        Commands.clone("crash-gone", lab.template(), "crash-gone", ", \"start\": true"));
    assertThat(finish("crash-gone")).isEqualTo("cetak.clone.completed");
    broker.send("host.lab", Commands.delete("crash-gone-over", "name", "crash-gone"));
    crashAt(places);
    assertThat(finish("crash-gone-over")).isEqualTo("cetak.clone.deleted");
    assertThat(Witness.rows("select 1 from clone where name = 'crash-gone'")).isEmpty();
  }

  private static List<String> places(String type, List<String> steps) {
    List<String> places = new ArrayList<>();
    for (String step : steps) {
      for (String moment : List.of("before-effect", "after-effect", "after-journal")) {
        places.add(type + "." + step + "." + moment);
      }
    }
    return places;
  }

  private static void crashAt(List<String> places) {
    assertThat(places).as("a place that is met in every run").anyMatch(ALWAYS::contains);
    for (String place : places) {
      if (!ALL && !ALWAYS.contains(place)) {
        continue;
      }
      try (WorkerProcess worker = standingAt(place)) {
        worker.kill();
      }
    }
  }

  /**
   * Everything is made up to this place; then it is cancelled, and the worker dies before it can
   * act on that.
   */
  private static void cancelAndCrashAt(String place, String command) {
    try (WorkerProcess worker = standingAt(place)) {
      broker.send("control", Commands.cancel(command + "-cancel", command));
      Broker.Seen cancel = broker.outcome(command + "-cancel", END);
      assertThat(cancel.data().get("outcome").asText()).isEqualTo("stopping");
      worker.kill();
    }
  }

  private static WorkerProcess standingAt(String place) {
    WorkerProcess worker = WorkerProcess.start(lab, Map.of("CETAK_FAULT_POINT", place));
    worker.awaitFaultPoint(REACH);
    return worker;
  }

  /**
   * Lets a healthy worker end what is left, and has the witnesses judge. @return the type of the
   * one outcome
   */
  private static String finish(String command) {
    try (WorkerProcess worker = WorkerProcess.start(lab, Map.of())) {
      Broker.Seen outcome = broker.outcome(command, END);
      org.awaitility.Awaitility.await("invariants")
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(witness.breaches()).isEmpty());
      return outcome.type();
    }
  }
}
