package id.cetak.hypervisor.libvirt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.hypervisor.SelfReport;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AgentQuestionsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ID = "0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01";
  private static final String MACHINE = "0123456789abcdef0123456789abcdef";

  private final Map<String, String> files = new HashMap<>();
  private final List<String> opened = new ArrayList<>();
  private final Set<Long> handles = new HashSet<>();
  private String hostName = "web-07";

  @Test
  void a_guest_whose_first_boot_is_over_says_who_it_is() throws Exception {
    booted();
    assertThat(new AgentQuestions(this::answer).ask())
        .contains(
            new SelfReport(
                SelfReport.Source.AGENT,
                ID,
                "web-07",
                MACHINE,
                List.of("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5")));
    assertThat(handles).as("handles left open").isEmpty();
  }

  @Test
  void before_the_end_of_the_first_boot_nothing_is_believed() throws Exception {
    booted();
    files.remove("/var/lib/cloud/instance/boot-finished");
    assertThat(new AgentQuestions(this::answer).ask()).isEmpty();
    assertThat(opened).doesNotContain("/etc/machine-id");
    files.put("/var/lib/cloud/instance/sem/config_ssh", "12: 2027-01-31\n");
    assertThat(new AgentQuestions(this::answer).ask()).isPresent();
  }

  @Test
  void a_guest_without_cloud_init_is_done_when_its_first_boot_unit_is() throws Exception {
    booted();
    files.keySet().removeIf(path -> path.startsWith("/var/lib/cloud/"));
    files.put("/var/lib/cetak/instance-id", ID + "\n");
    assertThat(new AgentQuestions(this::answer).ask()).isPresent();
  }

  @Test
  void an_agent_that_may_read_no_files_says_nothing() throws Exception {
    assertThat(new AgentQuestions(this::answer).ask()).isEmpty();
    assertThat(new AgentQuestions(command -> null).ask()).isEmpty();
  }

  @Test
  void values_of_another_form_are_left_out() throws Exception {
    booted();
    files.put("/etc/machine-id", "uninitialized\n");
    files.put("/etc/ssh/ssh_host_ed25519_key.pub", "garbage");
    assertThat(new AgentQuestions(this::answer).ask())
        .contains(new SelfReport(SelfReport.Source.AGENT, ID, "web-07", null, List.of()));
    hostName = "a\"\nb";
    assertThat(new AgentQuestions(this::answer).ask()).isEmpty();
  }

  @Test
  void any_answers_are_a_report_or_none() {
    booted();
    var random = new Random(5);
    for (int n = 0; n < 2_000; n++) {
      assertThatCode(() -> new AgentQuestions(c -> damaged(answer(c), random)).ask())
          .doesNotThrowAnyException();
    }
  }

  private static @Nullable String damaged(@Nullable String answer, Random random) {
    if (answer == null || random.nextInt(3) > 0) {
      return answer;
    }
    StringBuilder text =
        new StringBuilder(answer.substring(0, random.nextInt(answer.length() + 1)));
    if (text.length() > 0) {
      text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(300));
    }
    return text.toString();
  }

  private void booted() {
    files.put("/var/lib/cloud/data/instance-id", ID + "\n");
    files.put("/var/lib/cloud/instance/boot-finished", "12.34 - now\n");
    files.put("/etc/machine-id", MACHINE + "\n");
    files.put(
        "/etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 root@web-07\n");
  }

  private @Nullable String answer(String command) {
    try {
      JsonNode question = JSON.readTree(command);
      JsonNode arguments = question.path("arguments");
      long handle = arguments.path("handle").asLong();
      switch (question.get("execute").asText()) {
        case "guest-get-host-name" -> {
          return returned(Map.of("host-name", hostName));
        }
        case "guest-file-open" -> {
          assertThat(arguments.get("mode").asText()).isEqualTo("r");
          String path = arguments.get("path").asText();
          if (!files.containsKey(path)) {
            return null;
          }
          opened.add(path);
          handles.add((long) opened.size());
          return returned(opened.size());
        }
        case "guest-file-read" -> {
          String text = files.getOrDefault(opened.get((int) handle - 1), "");
          return returned(
              Map.of("buf-b64", Base64.getEncoder().encodeToString(text.getBytes(UTF_8))));
        }
        case "guest-file-close" -> {
          handles.remove(handle);
          return returned(Map.of());
        }
        default -> throw new AssertionError(command);
      }
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    } catch (IndexOutOfBoundsException e) {
      return null;
    }
  }

  private static String returned(Object value) throws java.io.IOException {
    return JSON.writeValueAsString(Map.of("return", value));
  }
}
