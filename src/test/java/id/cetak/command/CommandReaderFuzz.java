package id.cetak.command;

import static id.cetak.fuzz.Claims.hold;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A message: its AMQP message_id, then its body. */
public final class CommandReaderFuzz {
  private static final CommandReader READER = new CommandReader(262_144);

  /** As the worker stores a job's command. */
  private static final JsonMapper STORE =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private CommandReaderFuzz() {}

  public static List<byte[]> seeds() {
    Stream<byte[]> good =
        Stream.of(
                "{\"command\":\"clone\",\"id\":\"c-1\",\"template\":\"web\",\"name\":\"web-01\",\"version\":3,\"cpus\":2,"
                    + "\"memoryMiB\":512,\"diskGiB\":9,\"network\":\"lan\",\"hostname\":\"h\",\"start\":true,\"verify\":true,"
                    + "\"cloudInit\":{\"userData\":\"#cloud-config\\n\",\"networkConfig\":\"{}\"},"
                    + "\"deadline\":\"2027-01-31T18:00:00Z\",\"labels\":{\"team\":\"a\"},\"sshHostKeys\":\"minted\",\"dryRun\":true}",
                "{\"command\":\"clone-batch\",\"id\":\"b\",\"template\":\"web\",\"count\":3,\"names\":\"web-%03d\",\"first\":7,"
                    + "\"hostname\":\"h%d\",\"ips\":\"192.0.2.10-192.0.2.99\",\"onFailure\":\"stop\","
                    + "\"cloudInit\":{\"userData\":\"{{name}} {{index}} {{ip}}\"}}",
                "{\"command\":\"clone-batch\",\"id\":\"b\",\"template\":\"web\",\"nameList\":[\"a\",\"b\"]}",
                "{\"command\":\"sysprep\",\"id\":\"s\",\"domain\":\"g\",\"template\":\"web\",\"shutdown\":true,\"source\":\"keep\","
                    + "\"keepSshAuthorizedKeys\":true,\"removePaths\":[\"/var/log/x\"]}",
                "{\"command\":\"import\",\"id\":\"i\",\"template\":\"web\",\"image\":\"debian.qcow2\",\"cpus\":1,\"memoryMiB\":512}",
                "{\"command\":\"delete\",\"id\":\"d\",\"name\":\"web-01\"}",
                "{\"command\":\"delete\",\"id\":\"d\",\"batch\":\"b\"}",
                "{\"command\":\"verify\",\"id\":\"v\",\"name\":\"web-01\"}",
                "{\"command\":\"audit\",\"id\":\"a\"}",
                "{\"command\":\"reconcile\",\"id\":\"r\",\"repair\":true}",
                "{\"command\":\"recall\",\"id\":\"r\",\"template\":\"web\",\"version\":1,\"reason\":\"bad\"}",
                "{\"command\":\"flatten\",\"id\":\"f\",\"name\":\"web-01\"}",
                "{\"command\":\"drill\",\"id\":\"d\",\"template\":\"web\",\"version\":1}",
                "{\"command\":\"cancel\",\"target\":\"c-1\",\"clones\":\"remove\"}")
            .map(body -> Input.of("m-1", body));
    Stream<byte[]> bad =
        BadMessages.all().stream()
            .filter(message -> message.body().length < 1_500)
            .map(message -> Input.of(bytes(message.messageId()), message.body()));
    return Stream.concat(good, bad).toList();
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Input input = new Input(data);
    String messageId = input.text();
    byte[] body = input.rest();
    Claims.bounded(data.length, 400, () -> read(body, messageId.isEmpty() ? null : messageId));
  }

  private static void read(byte[] body, @Nullable String messageId) throws Exception {
    Command command;
    try {
      command = READER.read(body, messageId);
    } catch (CommandRefused refused) {
      Claims.printable(refused.reason());
      hold(refused.reason().length() <= 1_000, "a long reason: _", refused.reason());
      Claims.printable(String.valueOf(refused.field()));
      hold(
          refused.id() == null || CommandId.isLegal(refused.id().value()), "an id _", refused.id());
      return;
    }
    hold(CommandId.isLegal(command.id().value()), "an id _", command.id());
    byte[] canonical = CommandReader.canonical(command);
    hold(
        Arrays.equals(canonical, CommandReader.canonical(READER.read(body, messageId))),
        "read twice, and different");
    byte[] stored = STORE.writeValueAsBytes(command);
    Command again = STORE.readValue(stored, command.type().content());
    hold(command.equals(again), "stored as _, read back as _", command, again);
  }

  private static byte[] bytes(@Nullable String text) {
    return (text == null ? "" : text).getBytes(StandardCharsets.UTF_8);
  }
}
