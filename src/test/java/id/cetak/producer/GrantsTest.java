package id.cetak.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.CommandReader;
import id.cetak.command.CommandRefused;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GrantsTest {
  private static final String LAB = "cetak.producers.\"lab-7\".";

  @Test
  void with_no_producer_configured_everybody_may_ask_for_everything() {
    allowed(grants(Map.of()), "audit", "", null, null);
    allowed(grants(Map.of()), "clone", "'template':'t','name':'n'", null, "hv1");
  }

  @Test
  void a_star_stands_for_any_text_and_nothing_else_does() {
    Grants grants = grants(Map.of(LAB + "templates", "debian-*,lab.x"));
    allowed(grants, "clone", "'template':'debian-12','name':'n'", "lab-7", "hv1");
    refused(grants, "clone", "'template':'xdebian-12','name':'n'", "lab-7", "hv1");
    refused(grants, "clone", "'template':'lab-x','name':'n'", "lab-7", "hv1");
    refused(grants, "clone", "'template':'debian-12','name':'n'", "LAB-7", "hv1");
  }

  @Test
  void a_dry_run_a_batch_and_each_command_about_a_template_need_the_template() {
    Grants grants = grants(Map.of(LAB + "templates", "mine", LAB + "commands", "*"));
    for (String template : new String[] {"mine", "yours"}) {
      Map<String, String> commands =
          Map.of(
              "clone", "'template':'%s','name':'n','dryRun':true",
              "clone-batch", "'template':'%s','names':'n-%%d','count':2",
              "sysprep", "'template':'%s','domain':'d'",
              "import", "'template':'%s','image':'i.qcow2'",
              "retire", "'template':'%s','version':1",
              "recall", "'template':'%s','version':1",
              "promote", "'template':'%s','version':1",
              "drill", "'template':'%s'");
      commands.forEach(
          (word, fields) -> {
            if (template.equals("mine")) {
              allowed(grants, word, fields.formatted(template), "lab-7", "hv1");
            } else {
              refused(grants, word, fields.formatted(template), "lab-7", "hv1");
            }
          });
    }
  }

  @Test
  void what_is_about_the_whole_fleet_needs_every_template() {
    Grants some = grants(Map.of(LAB + "templates", "a*", LAB + "commands", "*"));
    Grants all = grants(Map.of(LAB + "templates", "*", LAB + "commands", "*"));
    for (String word : new String[] {"audit", "reconcile", "drill"}) {
      refused(some, word, "", "lab-7", null);
      allowed(all, word, "", "lab-7", null);
    }
  }

  @Test
  void a_cancel_goes_to_any_worker_and_needs_no_host() {
    Grants grants = grants(Map.of(LAB + "templates", "a", LAB + "hosts", "hv1"));
    allowed(grants, "cancel", "'target':'x'", "lab-7", null);
    refused(grants, "delete", "'name':'x'", "lab-7", null);
    refused(grants, "delete", "'name':'x'", "lab-7", "hv2");
    allowed(grants, "delete", "'name':'x'", "lab-7", "hv1");
  }

  @Test
  void only_a_worker_is_believed_to_speak_for_another() {
    Grants grants = grants(Map.of("cetak.broker.workers", "worker-*"));
    assertThat(grants.sender("worker-hv1", "lab-7")).isEqualTo(new Sender("lab-7", true));
    assertThat(grants.sender("worker-hv1", "")).isEqualTo(new Sender(null, true));
    assertThat(grants.sender("worker-hv1", null)).isEqualTo(new Sender("worker-hv1", false));
    assertThat(grants.sender("lab-8", "lab-7")).isEqualTo(new Sender("lab-8", false));
    assertThat(grants.sender(null, "lab-7")).isEqualTo(Sender.UNKNOWN);
  }

  @Test
  void a_command_that_there_is_not_cannot_be_granted() {
    assertThatThrownBy(
            () -> grants(Map.of(LAB + "templates", "a", LAB + "commands", "clone,clones")))
        .hasMessageContaining("'clones' of producer 'lab-7'")
        .hasMessageContaining("clone-batch");
  }

  private static void allowed(
      Grants grants, String word, String fields, @Nullable String user, @Nullable String to) {
    assertThatCode(() -> grants.demand(command(word, fields), new Sender(user, false), to))
        .as("%s %s", word, fields)
        .doesNotThrowAnyException();
  }

  private static void refused(
      Grants grants, String word, String fields, @Nullable String user, @Nullable String to) {
    assertThatThrownBy(() -> grants.demand(command(word, fields), new Sender(user, false), to))
        .as("%s %s", word, fields)
        .isInstanceOf(CommandRefused.class)
        .hasMessageStartingWith("NOT_ALLOWED");
  }

  private static Command command(String word, String fields) throws CommandRefused {
    String body =
        "{'command':'%s','id':'1'%s}".formatted(word, fields.isEmpty() ? "" : "," + fields);
    return new CommandReader(262_144).read(body.replace('\'', '"').getBytes(UTF_8), null);
  }

  private static Grants grants(Map<String, String> more) {
    Map<String, String> values = new HashMap<>(Map.of("cetak.host", "hv1"));
    values.putAll(more);
    return new Grants(
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(CetakConfig.class)
            .withSources(new PropertiesConfigSource(values, "test", 500))
            .build()
            .getConfigMapping(CetakConfig.class));
  }
}
