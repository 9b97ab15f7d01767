package id.cetak.lab;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An upstream system: publishes commands, and keeps a copy of every event from the stream {@code
 * cetak.events.log}, which also has those that were published while this end was away. What it has
 * seen is the tests' witness, not the worker's word.
 */
public final class Broker implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> TERMINAL =
      Set.of(
          "cetak.clone.completed",
          "cetak.clone.failed",
          "cetak.clone.cancelled",
          "cetak.clone.deleted",
          "cetak.clone.verified",
          "cetak.clone.quarantined",
          "cetak.verify.failed",
          "cetak.delete.failed",
          "cetak.batch.completed",
          "cetak.batch.deleted",
          "cetak.clone.flattened",
          "cetak.flatten.failed",
          "cetak.template.promoted",
          "cetak.promote.failed",
          "cetak.template.recalled",
          "cetak.recall.failed",
          "cetak.template.retired",
          "cetak.retire.failed",
          "cetak.template.sealed",
          "cetak.sysprep.failed",
          "cetak.import.failed",
          "cetak.audit.completed",
          "cetak.audit.failed",
          "cetak.drill.completed",
          "cetak.drill.failed",
          "cetak.preflight.completed",
          "cetak.preflight.failed",
          "cetak.reconcile.completed",
          "cetak.reconcile.failed",
          "cetak.cancel.completed");

  /**
   * Who sent the first command of each id; tests of several classes share one worker and its
   * memory.
   */
  private static final Map<String, String> SENDERS = new ConcurrentHashMap<>();

  private final String uri;
  private final ConnectionFactory factory = new ConnectionFactory();
  private final List<Seen> seen = new ArrayList<>();
  private @Nullable Connection connection;
  private @Nullable Channel channel;
  private long offset;
  private volatile boolean returned;

  /**
   * An event as it came.
   *
   * @param body its exact bytes
   */
  public record Seen(JsonNode event, String body, AMQP.BasicProperties properties) {
    public String type() {
      return event.get("type").asText();
    }

    public String id() {
      return event.get("id").asText();
    }

    public Instant time() {
      return Instant.parse(event.get("time").asText());
    }

    public JsonNode data() {
      return event.get("data");
    }

    public String commandId() {
      return data().path("commandId").asText();
    }
  }

  public Broker(String uri) {
    this.uri = uri;
    try {
      factory.setUri(uri);
    } catch (Exception e) {
      throw new IllegalArgumentException(uri, e);
    }
  }

  /**
   * Publishes with a confirm, and again while no queue takes it: a worker that has just started
   * makes its queues when it comes to that.
   *
   * @throws IllegalStateException if a test of another class sent a command of this id: the worker
   *     would take this one for a repetition, and answer with the outcome of the other
   */
  public void send(String key, String body) {
    String sender = sender();
    String first = SENDERS.putIfAbsent(uri + " " + idOf(body), sender);
    if (first != null && !first.equals(sender)) {
      throw new IllegalStateException(
          "%s sends a command whose id was used by %s: give it another id: %s"
              .formatted(sender, first, body));
    }
    send(key, body.getBytes(StandardCharsets.UTF_8), new AMQP.BasicProperties.Builder());
  }

  private static String sender() {
    return StackWalker.getInstance()
        .walk(frames -> frames.map(StackWalker.StackFrame::getClassName).toList())
        .stream()
        .map(name -> name.replaceAll("\\$.*", ""))
        .filter(name -> name.endsWith("IT"))
        .findFirst()
        .orElse("a helper");
  }

  private static String idOf(String body) {
    try {
      return JSON.readTree(body).path("id").asText();
    } catch (IOException e) {
      // Not a command, and on purpose: bad messages are sent by this way too.
      return body;
    }
  }

  public void send(String key, byte[] body, AMQP.BasicProperties.Builder properties) {
    retrying(
        () -> {
          returned = false;
          open().confirmSelect();
          open()
              .basicPublish("cetak.commands", key, true, properties.deliveryMode(2).build(), body);
          open().waitForConfirmsOrDie(10_000);
          if (returned) {
            throw new IOException("no queue takes a message for " + key);
          }
          return true;
        });
  }

  /** All events so far, oldest first, repetitions included. */
  public synchronized List<Seen> events() {
    readLog();
    return List.copyOf(seen);
  }

  /** The terminal events of one command, repetitions included. */
  public List<Seen> outcomes(String commandId) {
    return events().stream()
        .filter(e -> e.commandId().equals(commandId) && TERMINAL.contains(e.type()))
        .toList();
  }

  /** Waits for the outcome of a command. */
  public Seen outcome(String commandId, Duration atMost) {
    await("outcome of " + commandId)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> !outcomes(commandId).isEmpty());
    return outcomes(commandId).get(0);
  }

  /** Waits for an event. */
  public Seen event(Predicate<Seen> wanted, Duration atMost) {
    await("event")
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> events().stream().anyMatch(wanted));
    return events().stream().filter(wanted).findFirst().orElseThrow();
  }

  /** Different ids of terminal events per command: must be one each. */
  public Map<String, Set<String>> outcomeIds() {
    return events().stream()
        .filter(e -> TERMINAL.contains(e.type()))
        .collect(
            Collectors.groupingBy(
                Seen::commandId, Collectors.mapping(Seen::id, Collectors.toSet())));
  }

  /** Takes everything out of a queue. */
  public List<GetResponse> drain(String queue) {
    return retrying(
        () -> {
          List<GetResponse> all = new ArrayList<>();
          for (GetResponse next = open().basicGet(queue, true);
              next != null;
              next = open().basicGet(queue, true)) {
            all.add(next);
          }
          return all;
        });
  }

  /** Messages that wait in a queue and were given to nobody. */
  public long ready(String queue) {
    return retrying(() -> open().queueDeclarePassive(queue).getMessageCount());
  }

  public Channel open() throws Exception {
    if (connection == null || !connection.isOpen()) {
      connection = factory.newConnection("cetak-test");
      channel = null;
    }
    if (channel == null || !channel.isOpen()) {
      channel = connection.createChannel();
      // The broker returns a message before it confirms it.
      channel.addReturnListener(message -> returned = true);
    }
    return channel;
  }

  private void readLog() {
    retrying(
        () -> {
          Channel reader = openNew();
          reader.basicQos(1000);
          List<Seen> batch = java.util.Collections.synchronizedList(new ArrayList<>());
          long end = reader.queueDeclarePassive("cetak.events.log").getMessageCount();
          Map<String, Object> from = new HashMap<>();
          from.put("x-stream-offset", offset);
          reader.basicConsume(
              "cetak.events.log",
              false,
              "",
              false,
              false,
              from,
              (tag, delivery) -> {
                Object at = delivery.getProperties().getHeaders().get("x-stream-offset");
                if (at instanceof Number number && number.longValue() >= offset) {
                  batch.add(seen(delivery.getBody(), delivery.getProperties()));
                }
                acknowledge(reader, delivery.getEnvelope().getDeliveryTag());
              },
              tag -> {});
          long wanted = end - offset;
          if (wanted > 0) {
            await().atMost(Duration.ofSeconds(20)).until(() -> batch.size() >= wanted);
          }
          reader.close();
          // What comes in between the two must not be counted without being seen.
          List<Seen> read = List.copyOf(batch);
          seen.addAll(read);
          offset += read.size();
          return true;
        });
  }

  private static void acknowledge(Channel reader, long tag) throws IOException {
    try {
      reader.basicAck(tag, false);
    } catch (AlreadyClosedException e) {
      // The log has more than was asked for; it keeps that for the next reader.
    }
  }

  private Channel openNew() throws Exception {
    return open().getConnection().createChannel();
  }

  private static Seen seen(byte[] body, AMQP.BasicProperties properties) {
    String text = new String(body, StandardCharsets.UTF_8);
    try {
      return new Seen(JSON.readTree(text), text, properties);
    } catch (IOException e) {
      throw new IllegalStateException("not an event: " + text, e);
    }
  }

  private interface Act<T> {
    T run() throws Exception;
  }

  // The broker is restarted under the tests' feet: a broken connection is opened again.
  private <T> T retrying(Act<T> act) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        return act.run();
      } catch (Exception e) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException(e);
        }
        java.util.concurrent.locks.LockSupport.parkNanos(200_000_000);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (connection != null && connection.isOpen()) {
      connection.close();
    }
  }
}
