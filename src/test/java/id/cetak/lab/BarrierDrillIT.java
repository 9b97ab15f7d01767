package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A drill on real parts: each layer is taken away in turn, and found by name. */
class BarrierDrillIT {
  private static final Duration SOON = Duration.ofMinutes(2);

  private static Lab lab;
  private static Broker broker;
  private static WorkerProcess worker;
  private static String version;
  private static Path image;
  private static int drills;

  @BeforeAll
  static void start() {
    lab = Lab.get();
    lab.template();
    broker = new Broker(Containers.amqpUri());
    int looks = Witness.looksAtStart();
    // The watch repairs on its own schedule; here it is to keep its hands off.
    worker = WorkerProcess.start(lab, Map.of("CETAK_BARRIER_PROOF_INTERVAL", "6h")).awaitReady();
    // A look that met a layer away would quarantine the version, as it should.
    await("the look of the worker's start")
        .atMost(SOON)
        .until(() -> Witness.looksAtStart() > looks);
    version =
        Witness.rows(
                "select id::text from template_version where template = 'lab' and state = 'SEALED'"
                    + " order by version desc limit 1")
            .get(0);
    image = lab.images().resolve("sealed").resolve(version).resolve("disk-0.qcow2");
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    broker.close();
  }

  @Test
  void each_layer_that_is_taken_away_is_found_by_name_and_the_image_stays_as_it_was() {
    String digest = sha256();
    String stamp = Shell.must("stat", "-c", "%i %h %s %y %z %a %U", image.toString());
    assertThat(broken()).isEmpty();
    assertThat(Shell.must("stat", "-c", "%i %h %s %y %z %a %U", image.toString()))
        .as("a drill changes nothing")
        .isEqualTo(stamp);

    chattr("-i");
    assertThat(broken()).containsExactly("IMMUTABLE");
    Shell.must("chmod", "0660", image.toString());
    chattr("+i");
    assertThat(broken()).containsExactly("MODE");
    chattr("-i");
    Shell.must("chmod", "0440", image.toString());
    chattr("+i");
    assertThat(broken()).as("put back").isEmpty();

    Lab.deleteHook();
    try {
      assertThat(broken()).containsExactly("HOOK");
    } finally {
      lab.raiseBarrier();
    }
    assertThat(broken()).as("put back").isEmpty();

    assertThat(sha256()).isEqualTo(digest);
    assertThat(
            Witness.rows("select state from template_version where id = '%s'".formatted(version)))
        .containsExactly("SEALED");
    assertThat(Shell.must("virsh", "-q", "list", "--all", "--name")).doesNotContain("canary");
    broker.send("host.lab", Commands.clone("drilled-1", "lab", "drilled-1", ""));
    assertThat(broker.outcome("drilled-1", SOON).type()).isEqualTo("cetak.clone.completed");
  }

  /** Drills the version. @return the layers that did not hold, as both events say it */
  private static List<String> broken() {
    String id = "drill-" + ++drills;
    int before = told().size();
    broker.send("host.lab", Commands.drill(id, "lab"));
    Broker.Seen done = broker.outcome(id, SOON);
    assertThat(done.type()).as(done.body() + worker.log()).isEqualTo("cetak.drill.completed");
    JsonNode versions = done.data().get("versions");
    assertThat(versions).isNotEmpty();
    JsonNode drilled = versions.get(versions.size() - 1);
    assertThat(drilled.get("content").asText()).as(drilled.toString()).isEqualTo("same");
    await().atMost(SOON).until(() -> told().size() > before);
    Broker.Seen told = told().get(told().size() - 1);
    List<String> broken = new ArrayList<>();
    for (JsonNode layer : told.data().get("layers")) {
      if (!layer.get("holds").asBoolean()) {
        broken.add(layer.get("layer").asText());
        assertThat(layer.get("remedy").asText()).contains("cetak-barrier");
      }
      assertThat(layer.get("finding").asText()).isNotBlank();
    }
    assertThat(drilled.get("verified").asBoolean()).isEqualTo(broken.isEmpty());
    assertThat(told.type())
        .isEqualTo(broken.isEmpty() ? "cetak.barrier.verified" : "cetak.barrier.broken");
    return broken;
  }

  private static List<Broker.Seen> told() {
    return broker.events().stream()
        .filter(seen -> seen.type().startsWith("cetak.barrier."))
        .filter(seen -> seen.data().get("template").asText().equals("lab"))
        .toList();
  }

  private static void chattr(String flag) {
    Shell.must("chattr", flag, image.toString());
  }

  private static String sha256() {
    return Shell.must("sha256sum", image.toString()).split(" ", -1)[0];
  }
}
