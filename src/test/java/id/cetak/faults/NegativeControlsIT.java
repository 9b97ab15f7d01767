package id.cetak.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import id.cetak.lab.Lab;
import id.cetak.lab.Shell;
import id.cetak.lab.Witness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Workers with a deliberate bug each. What no episode notices would be a hole in the lab: the
 * witnesses must find fault with every one of them. Takes five minutes, so only {@code
 * deploy/fault-lab} does it.
 */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_FAULTS", matches = "all|controls")
class NegativeControlsIT {
  private static final AtomicInteger HOSTS = new AtomicInteger();

  /** Not one that another test judges: a bug leaves things behind, or loses them. */
  private final String host = "control-" + HOSTS.incrementAndGet();

  /** Longer than a clone takes; a request that is lost costs all of it. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Longer than a seal takes where the CPU is emulated. */
  private static final Duration PATIENCE_WITH_SEALS = Duration.ofMinutes(8);

  private static final Pattern ONLY =
      Pattern.compile(Optional.ofNullable(System.getenv("CETAK_TEST_ONLY")).orElse(""));

  private static final Path HOOK = Path.of("/etc/libvirt/hooks/qemu.d/60-control");

  @BeforeEach
  void lend() {
    Lab.get().template();
    Witness.change(
        "update template_version set host = '%s' where template = 'lab'".formatted(host));
  }

  @AfterEach
  void takeBack() throws IOException {
    Files.deleteIfExists(HOOK);
    Witness.change("update template_version set host = 'lab' where template = 'lab'");
    for (String id : Witness.rows("select id::text from job where host = '" + host + "'")) {
      Shell.run("virsh", "destroy", id);
      Shell.run("virsh", "undefine", id);
      Lab.get().tryBarrier("unseal", id);
      for (String folder : List.of("sealed", "work")) {
        Shell.must("rm", "-rf", "--", Lab.get().images().resolve(folder).resolve(id).toString());
      }
    }
    Witness.rows("select subject from job where type = 'SYSPREP' and host = '" + host + "'")
        .forEach(domain -> Shell.run("virsh", "undefine", domain));
    Witness.change("delete from clone where host = '" + host + "'");
    Witness.change("delete from template_version where host = '" + host + "'");
    Witness.change(
        "delete from template_lease where job_id in (select id from job where host = '%s')"
            .formatted(host));
    Witness.change("update outbox set sent_at = clock_timestamp() where sent_at is null");
    Witness.change(
        "update job set state = 'COMPLETED', ended_at = clock_timestamp(), lease_until = null,"
            + " waits_on = null where state not in ('COMPLETED', 'FAILED', 'CANCELLED') and host = '"
            + host
            + "'");
  }

  @ParameterizedTest
  @EnumSource
  void a_worker_with_a_bug_is_found_out(Sabotage.Bug bug) throws IOException {
    assumeThat(bug.name()).containsPattern(ONLY);
    String agent = Sabotage.options(bug, Lab.get().directory());
    List<String> breaches = breaches(Map.of("JAVA_TOOL_OPTIONS", agent), control(bug).episode());
    assertThat(breaches)
        .as("what the witnesses say of a worker that %s", bug)
        .anyMatch(breach -> breach.startsWith(control(bug).breaks() + ": "));
  }

  @Test
  void a_hook_that_looks_at_backing_files_is_found_out() throws IOException {
    try (World world = new World(host, Map.of(), PATIENCE)) {
      // Earlier, at prepare, a domain's XML does not name what its disks lie on.
      Files.writeString(HOOK, "#!/bin/sh\n[ \"$2\" = start ] || exit 0\n! grep -q /sealed/\n");
      Files.setPosixFilePermissions(HOOK, PosixFilePermissions.fromString("rwxr-xr-x"));
      assertThat(
              Episode.of(Target.START, "clone.plan.before-effect", WorkerFault.NONE)
                  .play(world)
                  .breaches())
          .anyMatch(breach -> breach.startsWith("I3: it ended with ") && breach.contains("hook"));
    }
  }

  @Test
  void a_worker_without_a_bug_passes_all_of_these() throws IOException {
    for (Sabotage.Bug bug : Sabotage.Bug.values()) {
      assertThat(breaches(Map.of(), control(bug).episode())).as("without %s", bug).isEmpty();
    }
  }

  private List<String> breaches(Map<String, String> settings, Episode episode) throws IOException {
    Duration patience = episode.target() == Target.SEAL ? PATIENCE_WITH_SEALS : PATIENCE;
    try (World world = new World(host, settings, patience)) {
      Episode.Result result = episode.play(world);
      System.out.printf(
          "%s with %s: struck %d, %s%n",
          episode.name(), settings.values(), result.struck(), result.breaches());
      assertThat(result.struck()).as("places that were reached").isEqualTo(episode.hits().size());
      return result.breaches();
    }
  }

  /**
   * What catches a bug.
   *
   * @param breaks the invariant that the bug breaks; another breach would be another matter's
   */
  private record Control(Episode episode, String breaks) {
    static Control of(String breaks, Target target, String place, Fault fault) {
      return new Control(Episode.of(target, place, fault), breaks);
    }
  }

  // I9 is that the command is never told of: it is lost itself, or its event is.
  private static Control control(Sabotage.Bug bug) {
    return switch (bug) {
      case ACKNOWLEDGES_BEFORE_THE_COMMIT ->
          Control.of("I9", Target.CLONE, "intake.accept.before-commit", WorkerFault.KILL_WORKER);
      case FINISHES_WITHOUT_A_FENCE ->
          Control.of("I7", Target.CLONE, "clone.finish.before-commit", WorkerFault.FREEZE_WORKER);
      case CLEANS_THE_SOURCE_IN_PLACE ->
          Control.of(
              "I3", Target.SEAL, "sysprep.attest.before-effect", WorkerFault.CANCEL_AND_KILL);
      case IGNORES_CONFIRMS ->
          Control.of("I9", Target.CLONE, "outbox.round.before-publish", ServiceFault.EVENT_LOST);
      case IGNORES_WHAT_IS_RETURNED ->
          Control.of("I9", Target.CLONE, "clone.finish.before-commit", ServiceFault.NO_BINDING);
      case RELEASES_THE_LOCK_EARLY ->
          Control.of("I8", Target.SEAL, "sysprep.overlay.after-effect", WorkerFault.COMPETITOR);
      case DOES_NOT_TIE_ITS_CHILDREN ->
          Control.of("I4", Target.SEAL, "sysprep.sysprep.before-effect", WorkerFault.KILL_IN_TOOL);
      case PUBLISHES_BY_THE_HIGHEST_ID ->
          Control.of(
              "I9", Target.CLONE, "clone.finish.before-commit", ServiceFault.COMMIT_OVERTAKEN);
    };
  }
}
