package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wall clock that jumps under a worker while it works: libfaketime stands between the two. */
class ClockIT {
  private static final Duration SOON = Duration.ofMinutes(1);

  private static Lab lab;
  private static Broker broker;
  private static FaultPoints points;
  private static Path clock;
  private static WorkerProcess worker;

  @BeforeAll
  static void start() throws IOException {
    lab = Lab.get();
    lab.template();
    broker = new Broker(Containers.amqpUri());
    points = new FaultPoints(lab);
    clock = lab.directory().resolve("clock");
    turn("+0");
    Map<String, String> settings = new HashMap<>(points.settings());
    settings.put("LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1");
    settings.put("FAKETIME_TIMESTAMP_FILE", clock.toString());
    settings.put("FAKETIME_NO_CACHE", "1");
    settings.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    // Its own way to wait is for an older glibc, and has a JVM wait in circles.
    settings.put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
    settings.put("NO_FAKE_STAT", "1");
    settings.put("CETAK_BARRIER_PROOF_INTERVAL", "2s");
    worker = WorkerProcess.start(lab, settings).awaitReady();
  }

  @AfterEach
  void turnBack() throws IOException {
    turn("+0");
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    broker.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"+7200", "-7200"})
  void a_jump_in_the_middle_of_a_clone_changes_nothing_but_the_time_in_its_event(String seconds)
      throws IOException {
    String place = "clone.define.before-effect";
    String name = seconds.startsWith("-") ? "clock-back" : "clock-ahead";
    points.arm(place);
    broker.send("host.lab", Commands.clone(name, "lab", name, ""));
    await(place).atMost(SOON).until(() -> points.standing(place).isPresent());
    turn(seconds);
    points.release(place);

    Broker.Seen outcome = broker.outcome(name, SOON);
    assertThat(outcome.type()).as(outcome.body()).isEqualTo("cetak.clone.completed");
    assertThat(Duration.between(Instant.now(), outcome.time()).toSeconds())
        .as("how far the worker's clock is from ours")
        .isCloseTo(Long.parseLong(seconds), within(SOON.toSeconds()));
    broker.send("host.lab", Commands.clone(name + "-next", "lab", name + "-next", ""));
    assertThat(broker.outcome(name + "-next", SOON).type()).isEqualTo("cetak.clone.completed");
    assertThat(Witness.rows("select attempt::text from job where command_id = '" + name + "'"))
        .as("nobody else took the job")
        .containsExactly("1");
    new Witness(lab, broker).demandNoBreach();
  }

  @Test
  void a_silent_guest_keeps_its_time_to_answer_when_the_wall_clock_went_ahead() throws IOException {
    broker.send(
        "host.lab", Commands.clone("clock-silent", "lab", "clock-silent", ", \"start\": true"));
    assertThat(broker.outcome("clock-silent", SOON).type()).isEqualTo("cetak.clone.completed");
    broker.send("host.lab", Commands.verify("clock-ask", "clock-silent"));
    await("a first question").atMost(SOON).until(() -> asked() > 0);

    turn("+7200");
    int before = asked();
    await("another question").atMost(SOON).until(() -> asked() > before);
    broker.send("control", Commands.cancel("clock-enough", "clock-ask"));
    Broker.Seen outcome = broker.outcome("clock-ask", SOON);
    assertThat(outcome.data().get("code").asText()).as(outcome.body()).isEqualTo("CANCELLED");
  }

  /** How often the guest was asked, and the job laid aside again. */
  private static int asked() {
    String attempts =
        "select attempt::text from job where command_id = 'clock-ask' and state = 'PARKED'";
    return Witness.rows(attempts).stream().mapToInt(Integer::parseInt).findFirst().orElse(0);
  }

  @Test
  void the_barrier_is_proven_on_when_the_wall_clock_went_back() throws IOException {
    turn("-7200");
    Lab.deleteHook();
    try {
      await("readiness down")
          .atMost(SOON)
          .until(() -> worker.get("/q/health/ready").status() == 503);
    } finally {
      lab.raiseBarrier();
    }
    worker.awaitReady();
  }

  /** The next look at the file is the worker's next look at its clock. */
  private static void turn(String seconds) throws IOException {
    Path next = Files.writeString(lab.directory().resolve("clock.next"), seconds + "\n");
    Files.move(next, clock, StandardCopyOption.REPLACE_EXISTING);
  }
}
