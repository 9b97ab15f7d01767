package id.cetak.hypervisor.libvirt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import id.cetak.hypervisor.SelfReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.libvirt.LibvirtException;

/**
 * The fixed questions to a guest agent, and a strict reading of its answers. Files are opened for
 * reading alone, by constant paths, and closed again.
 */
final class AgentQuestions {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_ANSWER_CHARACTERS = 64 << 10;
  private static final int MAX_FILE_BYTES = 8192;

  private static final String INSTANCE_OF_CLOUD_INIT = "/var/lib/cloud/data/instance-id";

  /** There once cloud-init has made the host keys, which it does after it has set the name. */
  private static final String KEYS_BY_CLOUD_INIT = "/var/lib/cloud/instance/sem/config_ssh";

  private static final String END_OF_CLOUD_INIT = "/var/lib/cloud/instance/boot-finished";
  private static final String INSTANCE_OF_CETAK = "/var/lib/cetak/instance-id";
  private static final List<String> HOST_KEYS =
      List.of(
          "/etc/ssh/ssh_host_ed25519_key.pub",
          "/etc/ssh/ssh_host_ecdsa_key.pub",
          "/etc/ssh/ssh_host_rsa_key.pub");

  private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,253}");
  private static final Pattern MACHINE_ID = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern KEY =
      Pattern.compile("([a-z0-9-]{1,32} [A-Za-z0-9+/=]{16,4100})(?:\\s.{0,1024})?");

  private final AgentChannel agent;

  AgentQuestions(AgentChannel agent) {
    this.agent = agent;
  }

  /** Empty when the first boot has not ended, or when an answer is not of the expected form. */
  Optional<SelfReport> ask() throws LibvirtException {
    String instance = instance();
    if (instance == null) {
      return Optional.empty();
    }
    String name = word(answer("guest-get-host-name", null).path("host-name").asText(), NAME);
    if (name == null) {
      return Optional.empty();
    }
    List<String> keys = new ArrayList<>();
    for (String path : HOST_KEYS) {
      var key = KEY.matcher(file(path));
      if (key.matches()) {
        keys.add(key.group(1));
      }
    }
    String machineId = word(file("/etc/machine-id"), MACHINE_ID);
    return Optional.of(new SelfReport(SelfReport.Source.AGENT, instance, name, machineId, keys));
  }

  /** What the first boot was for, once it is over: before, names and keys may be the old ones. */
  private @Nullable String instance() throws LibvirtException {
    String byCetak = word(file(INSTANCE_OF_CETAK), INSTANCE);
    if (byCetak != null) {
      return byCetak;
    }
    boolean over = !file(KEYS_BY_CLOUD_INIT).isEmpty() || !file(END_OF_CLOUD_INIT).isEmpty();
    return over ? word(file(INSTANCE_OF_CLOUD_INIT), INSTANCE) : null;
  }

  /** A file's content without the space around it; empty when it cannot be read. */
  private String file(String path) throws LibvirtException {
    ObjectNode open = JSON.createObjectNode().put("path", path).put("mode", "r");
    JsonNode handle = answer("guest-file-open", open);
    if (!handle.isIntegralNumber()) {
      return "";
    }
    long number = handle.asLong();
    try {
      ObjectNode read = JSON.createObjectNode().put("handle", number).put("count", MAX_FILE_BYTES);
      String text = answer("guest-file-read", read).path("buf-b64").asText();
      return new String(Base64.getDecoder().decode(text), StandardCharsets.ISO_8859_1).strip();
    } catch (IllegalArgumentException e) {
      return "";
    } finally {
      answer("guest-file-close", JSON.createObjectNode().put("handle", number));
    }
  }

  private JsonNode answer(String command, @Nullable ObjectNode arguments) throws LibvirtException {
    ObjectNode question = JSON.createObjectNode().put("execute", command);
    if (arguments != null) {
      question.set("arguments", arguments);
    }
    String answer = agent.send(question.toString());
    if (answer == null || answer.length() > MAX_ANSWER_CHARACTERS) {
      return JSON.missingNode();
    }
    try {
      return JSON.readTree(answer).path("return");
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private static @Nullable String word(String text, Pattern form) {
    return form.matcher(text).matches() ? text : null;
  }
}
