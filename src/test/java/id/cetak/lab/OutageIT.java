package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The parts that a worker stands on go away while it works, and come back. */
class OutageIT {
  private static Lab lab;
  private static Broker broker;
  private static WorkerProcess worker;

  @BeforeAll
  static void start() {
    lab = Lab.get();
    lab.template();
    broker = new Broker(Containers.amqpUri());
    worker = WorkerProcess.start(lab, Map.of()).awaitReady();
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    broker.close();
  }

  @Test
  void twenty_clones_all_end_while_rabbitmq_is_killed() {
    twentyClonesDuring(
        "rabbitkill",
        () -> {
          Containers.crash(Containers.rabbitmq());
          Containers.awaitAnswer(Containers.rabbitmq());
        });
  }

  @Test
  void twenty_clones_all_end_while_postgresql_is_killed() {
    twentyClonesDuring(
        "postgreskill",
        () -> {
          Containers.crash(Containers.postgres());
          Containers.awaitAnswer(Containers.postgres());
        });
  }

  @Test
  void twenty_clones_all_end_while_libvirtd_is_killed() {
    twentyClonesDuring(
        "libvirtdkill",
        () -> {
          Libvirtd.kill();
          Libvirtd.start();
        });
  }

  @Test
  void the_worker_boots_while_everything_is_away_and_serves_when_it_is_back() {
    worker.close();
    Containers.stop(Containers.rabbitmq());
    Libvirtd.stop();
    worker = WorkerProcess.start(lab, Map.of());
    await("liveness")
        .atMost(Duration.ofMinutes(2))
        .until(() -> worker.get("/q/health/live").status() == 200);
    assertThat(worker.get("/q/health/ready").status()).isEqualTo(503);
    Containers.start(Containers.rabbitmq());
    Libvirtd.start();
    worker.awaitReady();
    broker.send("host.lab", Commands.clone("away-1", lab.template(), "away-1", ""));
    assertThat(broker.outcome("away-1", Duration.ofMinutes(1)).type())
        .isEqualTo("cetak.clone.completed");
  }

  private static void twentyClonesDuring(String name, Runnable outage) {
    List<String> commands = IntStream.range(0, 20).mapToObj(n -> name + "-" + n).toList();
    for (String command : commands) {
      broker.send("host.lab", Commands.clone(command, lab.template(), command, ""));
    }
    await("first clones")
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                !Witness.rows(
                        "select 1 from job where state <> 'QUEUED' and subject like '"
                            + name
                            + "-%'")
                    .isEmpty());
    outage.run();
    long back = System.nanoTime();
    for (String command : commands) {
      assertThat(broker.outcome(command, Duration.ofMinutes(3)).type())
          .as("%s; the worker said: %s", command, worker.lastWords())
          .isEqualTo("cetak.clone.completed");
    }
    System.out.printf(
        "%s: all clones had ended %d ms after it answered again%n",
        name, (System.nanoTime() - back) / 1_000_000);
    assertThat(worker.isAlive()).as("the worker lives through it").isTrue();
    new Witness(lab, broker).demandNoBreach();
    worker.awaitReady();
  }
}
