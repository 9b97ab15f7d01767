package id.cetak.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Exchanges, queues and bindings of the contract. Declaring them again is harmless.
 *
 * <pre>
 *   cetak.commands (topic) --any-----------> cetak.commands.any          \
 *                          --host.[host]---> cetak.commands.host.[host]   > rejected --> cetak.dead (fanout)
 *                          --control-------> cetak.control               /                  --> cetak.commands.dead
 *   cetak.events   (topic) --#-------------> cetak.events.log (stream)
 * </pre>
 *
 * <p>Where the worker's user may not declare, what the operator has declared must be there.
 */
@ApplicationScoped
public class Topology {
  public static final String COMMANDS = "cetak.commands";
  public static final String DEAD = "cetak.dead";
  public static final String EVENTS = "cetak.events";
  public static final String EVENT_LOG = "cetak.events.log";

  /**
   * A returned delivery and a lost connection both count. RabbitMQ 4 would dead-letter after 20,
   * that is after one bad night of the network; without a limit a message that kills its reader
   * would do so for ever.
   */
  private static final int DELIVERY_LIMIT = 1_000;

  /** Dead letters are looked at and put back by people and tools; the limit would drop them. */
  private static final int DEAD_DELIVERY_LIMIT = 1_000_000;

  private static final int SEGMENT_BYTES = 64 * 1024 * 1024;

  private static final Logger LOG = Logger.getLogger(Topology.class);

  private final CetakConfig config;

  Topology(CetakConfig config) {
    this.config = config;
  }

  private interface Declaration {
    void on(Channel channel) throws IOException;
  }

  /**
   * Declares what commands come by.
   *
   * @throws IOException when the broker does not answer, or has something else under one of the
   *     names
   */
  void declareCommands(Connection connection) throws IOException {
    declareDeadLetters(connection);
    exchange(connection, COMMANDS, BuiltinExchangeType.TOPIC);
    for (CommandQueue queue : CommandQueue.CONSUMED) {
      String name = queue.queue(config.host());
      queue(connection, name, commandQueue());
      bind(connection, name, COMMANDS, queue.routingKey(config.host()));
    }
  }

  /** Declares what is published to: events and dead letters. */
  void declarePublished(Connection connection) throws IOException {
    declareDeadLetters(connection);
    exchange(connection, EVENTS, BuiltinExchangeType.TOPIC);
    try {
      queue(connection, EVENT_LOG, eventLog());
    } catch (DeclaredOtherwise e) {
      // Its bounds are the operator's choice, and events are published to an exchange, not to it.
      LOG.infof("Queue '%s' has other bounds than configured, and keeps them.", EVENT_LOG);
    }
    bind(connection, EVENT_LOG, EVENTS, "#");
  }

  private void declareDeadLetters(Connection connection) throws IOException {
    String queue = CommandQueue.DEAD.queue(config.host());
    exchange(connection, DEAD, BuiltinExchangeType.FANOUT);
    queue(
        connection,
        queue,
        Map.of("x-queue-type", "quorum", "x-delivery-limit", DEAD_DELIVERY_LIMIT));
    bind(connection, queue, DEAD, "");
  }

  private static Map<String, Object> commandQueue() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("x-queue-type", "quorum");
    arguments.put("x-delivery-limit", DELIVERY_LIMIT);
    arguments.put("x-dead-letter-exchange", DEAD);
    // The default strategy may lose a dead letter on its way; this one needs the overflow below,
    // which
    // never applies, as the queue has no maximum length.
    arguments.put("x-dead-letter-strategy", "at-least-once");
    arguments.put("x-overflow", "reject-publish");
    return arguments;
  }

  private Map<String, Object> eventLog() {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("x-queue-type", "stream");
    arguments.put("x-max-age", config.broker().eventLogMaxAge().toSeconds() + "s");
    arguments.put("x-max-length-bytes", config.broker().eventLogMaxBytes());
    // Only whole segments are dropped.
    arguments.put("x-stream-max-segment-size-bytes", SEGMENT_BYTES);
    return arguments;
  }

  private static void exchange(Connection connection, String name, BuiltinExchangeType type)
      throws IOException {
    declare(
        connection,
        "Exchange '" + name + "'",
        channel -> channel.exchangeDeclare(name, type, true),
        channel -> channel.exchangeDeclarePassive(name));
  }

  private static void queue(Connection connection, String name, Map<String, Object> arguments)
      throws IOException {
    declare(
        connection,
        "Queue '" + name + "'",
        channel -> channel.queueDeclare(name, true, false, false, arguments),
        channel -> channel.queueDeclarePassive(name));
  }

  private static void bind(Connection connection, String queue, String exchange, String key)
      throws IOException {
    declare(
        connection,
        "Binding of '" + queue + "'",
        channel -> channel.queueBind(queue, exchange, key),
        channel -> {
          // A binding cannot be looked for. Mandatory publishing finds out when it is missing.
        });
  }

  /** Each on a channel of its own, as a refusal closes the channel. */
  private static void declare(
      Connection connection, String what, Declaration make, Declaration look) throws IOException {
    try {
      onOwnChannel(connection, make);
    } catch (IOException e) {
      switch (Broker.replyCode(e)) {
        case AMQP.ACCESS_REFUSED -> {
          LOG.debugf("%s may not be declared by this user; it must be there already", what);
          onOwnChannel(connection, look);
        }
        case AMQP.PRECONDITION_FAILED -> throw new DeclaredOtherwise(what, e);
        default -> throw e;
      }
    }
  }

  private static void onOwnChannel(Connection connection, Declaration declaration)
      throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) {
      throw new IOException("RabbitMQ gave no channel");
    }
    try {
      declaration.on(channel);
    } finally {
      channel.abort();
    }
  }
}
