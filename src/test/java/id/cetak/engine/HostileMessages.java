package id.cetak.engine;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.impl.LongStringHelper;
import id.cetak.command.Command;
import id.cetak.command.CommandReader;
import id.cetak.command.CommandRefused;
import id.cetak.fuzz.Mutants;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Messages of people who mean no good, the same ones each time for the same seed. */
final class HostileMessages {
  /** As many may be commands after all, so that what they ask for is done within the test. */
  private static final int MOST_COMMANDS = 400;

  private static final List<String> KEYS = List.of("any", "host.engine", "control");

  /** Without an id: that is the message's. */
  private static final List<byte[]> BODIES =
      List.of(
          body("{'command':'clone','template':'web','name':'w-1','cpus':2,'labels':{'a':'b'}}"),
          body("{'command':'clone','template':'web','name':'w-1','cloudInit':{'userData':'#x'}}"),
          body("{'command':'sysprep','domain':'g','template':'web','removePaths':['/var/x']}"),
          body("{'command':'import','template':'web','image':'debian.qcow2'}"),
          body("{'command':'delete','name':'w-1'}"),
          body("{'command':'verify','name':'w-1'}"),
          body("{'command':'promote','template':'web','version':1}"),
          body("{'command':'recall','template':'web','version':1,'reason':'bad'}"),
          body("{'command':'flatten','name':'w-1'}"),
          body("{'command':'cancel','target':'nobody'}"));

  /** Each byte of it is read as a character of three bytes. */
  private static final byte[] BROKEN = new byte[4_000];

  static {
    Arrays.fill(BROKEN, (byte) 0xff);
  }

  private final Random random;
  private final Mutants mutants;
  private final CommandReader reader;
  private int commands;

  HostileMessages(long seed, int maxBodyBytes) {
    this.random = new Random(seed);
    this.mutants = new Mutants(seed);
    this.reader = new CommandReader(maxBodyBytes);
  }

  /**
   * One of them; its correlation_id tells which.
   *
   * @param refusal what the reader says of it; null for a command
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes are what a message is made of
  record Hostile(
      String key, byte[] body, AMQP.BasicProperties properties, @Nullable String refusal) {}

  Hostile next(int number) {
    String messageId = messageId(number);
    byte[] body = body();
    Optional<String> refusal = refusal(body, messageId);
    if (refusal.isEmpty() && ++commands > MOST_COMMANDS) {
      body = Arrays.copyOf(body, body.length - 1);
      refusal = refusal(body, messageId);
    }
    return new Hostile(
        KEYS.get(random.nextInt(KEYS.size())),
        body,
        properties(number, messageId),
        refusal.orElse(null));
  }

  /** A message_id with a NUL is none to the worker, as PostgreSQL stores no NUL. */
  private Optional<String> refusal(byte[] body, @Nullable String messageId) {
    try {
      boolean usable = messageId != null && messageId.indexOf('\0') < 0 && !messageId.isEmpty();
      Command command = reader.read(body, usable ? messageId : null);
      return command.id().value().equals(messageId)
          ? Optional.empty()
          : Optional.of("a command of another id: " + command);
    } catch (CommandRefused e) {
      return Optional.of(e.reason());
    }
  }

  private byte[] body() {
    return switch (random.nextInt(1_000)) {
      case 0 -> new byte[256 << 10];
      case 1 -> "x".repeat(300_000).getBytes(StandardCharsets.UTF_8);
      case 2, 3 -> "[".repeat(50_000).getBytes(StandardCharsets.UTF_8);
      case 4, 5 -> ("{\"a\":".repeat(5_000) + "1").getBytes(StandardCharsets.UTF_8);
      case 6, 7 -> body("{'command':'" + "\u202e".repeat(5_000) + "'}");
      case 8, 9 -> new byte[0];
      default -> random.nextInt(10) == 0 ? noise() : mutant();
    };
  }

  private byte[] mutant() {
    return random.nextInt(50) == 0 ? BODIES.get(random.nextInt(BODIES.size())) : mutants.of(BODIES);
  }

  private byte[] noise() {
    byte[] noise = new byte[random.nextInt(400)];
    random.nextBytes(noise);
    return noise;
  }

  private @Nullable String messageId(int number) {
    return switch (random.nextInt(20)) {
      case 0 -> null;
      case 1 -> "";
      case 2 -> "a b\u202e" + number;
      case 3 -> "nul\0" + number;
      case 4 -> "x".repeat(200);
      default -> "hm-" + number;
    };
  }

  private AMQP.BasicProperties properties(int number, @Nullable String messageId) {
    var properties = new AMQP.BasicProperties.Builder();
    properties.correlationId("hm-" + number).messageId(messageId);
    properties.deliveryMode(1 + random.nextInt(2));
    switch (random.nextInt(8)) {
      case 0 -> properties.contentType("application/json");
      case 1 -> properties.contentType("text/plain; charset=utf-16").contentEncoding("gzip");
      case 2 -> properties.contentType("\u0000\u202e/\n").contentEncoding("\0");
      case 3 -> properties.contentType("application/x-java-serialized-object").type("@class");
      case 4 -> properties.priority(255).appId("\u0000").clusterId("x");
      case 5 -> properties.timestamp(Date.from(Instant.EPOCH)).replyTo("no-such-queue-" + number);
      case 6 -> properties.replyTo("\0");
      default -> properties.replyTo("");
    }
    return properties.headers(headers()).build();
  }

  private Map<String, Object> headers() {
    Map<String, Object> headers = new HashMap<>();
    switch (random.nextInt(9)) {
      case 0 -> {
        for (int n = 0; n < 200; n++) {
          headers.put("h" + n, n);
        }
      }
      case 1 -> headers.put("long", "x".repeat(5_000));
      case 7 -> {
        for (int n = 0; n < (random.nextInt(20) == 0 ? 31 : 0); n++) {
          headers.put("broken" + n, LongStringHelper.asLongString(BROKEN));
        }
      }
      case 2 -> headers.put("nul\0", "a\0b");
      case 3 -> headers.put("x-cetak-reason", "all is well");
      case 4 -> headers.put("x-death", List.of(Map.of("count", 9L, "reason", "rejected")));
      case 5 -> {
        headers.put("number", new BigDecimal("1234.5678"));
        headers.put("when", Date.from(Instant.EPOCH));
        headers.put("bytes", new byte[] {0, -1});
        headers.put("nothing", null);
      }
      case 6 -> headers.put("nested", nested(30));
      default -> {
        LongString broken = LongStringHelper.asLongString(new byte[] {(byte) 0xc0, 0, -1});
        headers.put("traceparent", broken);
        headers.put("", "");
      }
    }
    return headers;
  }

  private static Object nested(int depth) {
    Object value = 1;
    for (int n = 0; n < depth; n++) {
      value = n % 2 == 0 ? new ArrayList<>(List.of(value)) : Map.of("n", value);
    }
    return value;
  }

  private static byte[] body(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
