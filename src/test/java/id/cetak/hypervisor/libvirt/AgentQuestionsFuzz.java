package id.cetak.hypervisor.libvirt;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import org.libvirt.LibvirtException;

/** A guest agent that answers each question with the next text. */
public final class AgentQuestionsFuzz {
  private static final String CLOSED = "{\"return\":{}}";

  private AgentQuestionsFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        Input.of(
            "{\"return\":1}",
            read("iid-1"),
            CLOSED,
            "{\"return\":{\"host-name\":\"web-07\"}}",
            "{\"return\":2}",
            read("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 root@x"),
            CLOSED,
            "{\"error\":{}}",
            "",
            "{\"return\":3}",
            read("0123456789abcdef0123456789abcdef"),
            CLOSED),
        Input.of(
            "{\"return\":9223372036854775808}", "{\"return\":{\"buf-b64\":1e999}}", "[]", "7"));
  }

  private static String read(String content) {
    String text = Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.ISO_8859_1));
    return "{\"return\":{\"count\":9,\"buf-b64\":\"%s\",\"eof\":true}}".formatted(text);
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Input input = new Input(data);
    List<String> answers = new ArrayList<>();
    while (!input.isEmpty()) {
      answers.add(input.text());
    }
    Claims.bounded(data.length, 1_000, () -> ask(new ArrayDeque<>(answers)));
  }

  private static void ask(Deque<String> answers) throws LibvirtException {
    new AgentQuestions(question -> answers.isEmpty() ? "" : answers.remove())
        .ask()
        .ifPresent(
            report -> {
              Claims.printable(report.toString());
              hold(report.hostKeys().size() <= 3, "_ keys", report.hostKeys().size());
            });
  }
}
