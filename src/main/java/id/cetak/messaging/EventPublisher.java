package id.cetak.messaging;

import com.rabbitmq.client.ShutdownSignalException;
import id.cetak.app.CetakConfig;
import id.cetak.outbox.MessagePublisher;
import id.cetak.outbox.OutboundMessage;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes persistent, mandatory messages with confirms, on a connection of its own.
 *
 * <p>Any doubt is {@link Fate#UNKNOWN}, and the channel that it came up on is thrown away; only a
 * connection that the broker blocks is kept, because a new one would be blocked too and what the
 * old one has sent would arrive once more. When the broker refuses something so that a channel
 * closes, the next rounds go message by message, so that one bad message does not hold the others
 * up.
 *
 * <p>A call takes at most the time to connect (20 s) plus the confirm timeout, whatever the broker
 * does.
 */
@ApplicationScoped
public class EventPublisher implements MessagePublisher {
  /** All headers go in one frame, and the client throws where they do not fit into 128 KiB. */
  private static final int MAX_HEADERS_BYTES = 96 << 10;

  private static final Duration LEAST_PAUSE = Duration.ofMillis(250);

  /** However long the broker was away, its events go on well within ten seconds of its return. */
  static final Duration MOST_PAUSE = Duration.ofSeconds(5);

  /** With the time to connect it stays below what PostgreSQL lets a transaction rest for. */
  private static final Duration MOST_CONFIRM_TIMEOUT = Duration.ofSeconds(15);

  /** Beyond the confirm timeout: time for a stuck write to be noticed as one. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final Logger LOG = Logger.getLogger(EventPublisher.class);

  private final Broker broker;
  private final Topology topology;
  private final Duration confirmTimeout;
  private final ScheduledExecutorService guard =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "cetak-publish-guard");
            thread.setDaemon(true);
            return thread;
          });

  private volatile @Nullable PublisherChannel channel;
  private boolean oneByOne;
  private int failures;
  private long nextAttemptNanos;

  EventPublisher(Broker broker, Topology topology, CetakConfig config) {
    this.broker = broker;
    this.topology = topology;
    this.confirmTimeout = config.outbox().confirmTimeout();
    if (confirmTimeout.compareTo(MOST_CONFIRM_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "cetak.outbox.confirm-timeout is %s, and may be at most %s: PostgreSQL ends the round of a relay that rests for longer. Set it lower"
              .formatted(confirmTimeout, MOST_CONFIRM_TIMEOUT));
    }
  }

  @Override
  public synchronized boolean connect() {
    return open() != null;
  }

  @Override
  public synchronized List<Fate> publish(List<OutboundMessage> messages) {
    long end = System.nanoTime() + confirmTimeout.toNanos();
    int step = oneByOne || !messages.stream().allMatch(EventPublisher::fits) ? 1 : messages.size();
    oneByOne = false;
    List<Fate> fates = new ArrayList<>();
    for (int from = 0; from < messages.size(); from += step) {
      Duration left = Duration.ofNanos(end - System.nanoTime());
      PublisherChannel current = left.isNegative() ? null : open();
      if (current == null || current.isBlocked()) {
        break;
      }
      fates.addAll(send(current, messages.subList(from, from + step), left));
    }
    fates.addAll(Collections.nCopies(messages.size() - fates.size(), Fate.UNKNOWN));
    return fates;
  }

  @PreDestroy
  void end() {
    guard.shutdownNow();
    PublisherChannel current = channel;
    if (current != null) {
      current.close();
    }
  }

  private List<Fate> send(PublisherChannel current, List<OutboundMessage> part, Duration most) {
    OutboundMessage first = part.get(0);
    if (part.size() == 1 && !fits(first)) {
      LOG.errorf(
          "Message %s to '%s' cannot be sent: an address or header name is longer than 255 bytes, or its headers than 96 KiB.",
          first.messageId(), first.exchange());
      return List.of(Fate.RETURNED);
    }
    Future<?> limit =
        guard.schedule(current::kill, most.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
    List<Fate> fates = current.publish(part, most);
    limit.cancel(false);
    if (!fates.contains(Fate.UNKNOWN) || current.isBlocked()) {
      return fates;
    }
    boolean refused = current.wasRefused();
    String reason = current.closeReason();
    drop(current);
    if (refused) {
      oneByOne = true;
      LOG.errorf(
          "RabbitMQ refuses a message, %s or one sent with it, to '%s': %s. The others are sent one by one.",
          first.messageId(), first.exchange(), reason);
      return part.size() == 1 ? List.of(Fate.RETURNED) : fates;
    }
    LOG.warnf(
        "RabbitMQ has not confirmed %d messages: %s. They are sent again on a new connection.",
        Collections.frequency(fates, Fate.UNKNOWN), reason);
    return fates;
  }

  private @Nullable PublisherChannel open() {
    PublisherChannel current = channel;
    if (current != null && current.isOpen()) {
      return current;
    }
    if (current != null) {
      drop(current);
    }
    if (failures > 0 && System.nanoTime() - nextAttemptNanos < 0) {
      return null;
    }
    try {
      PublisherChannel opened = openNew();
      if (failures > 0) {
        LOG.info("RabbitMQ is back; events are published again.");
      }
      failures = 0;
      channel = opened;
      return opened;
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      Duration pause = pauseAfter(failures);
      if (failures++ == 0) {
        LOG.warnf(
            "RabbitMQ takes no events: %s. They wait in the outbox; trying again.", Broker.why(e));
      }
      nextAttemptNanos = System.nanoTime() + pause.toNanos();
      return null;
    }
  }

  /** Between two tries to connect: doubled with each that failed before. */
  static Duration pauseAfter(int failuresBefore) {
    Duration doubled = LEAST_PAUSE.multipliedBy(1L << Math.min(failuresBefore, 6));
    return doubled.compareTo(MOST_PAUSE) < 0 ? doubled : MOST_PAUSE;
  }

  private PublisherChannel openNew() throws IOException, TimeoutException {
    BrokerConnection connection = broker.open("events");
    boolean ready = false;
    try {
      topology.declarePublished(connection.connection());
      PublisherChannel opened = new PublisherChannel(connection, broker.user());
      ready = true;
      return opened;
    } finally {
      if (!ready) {
        connection.kill();
      }
    }
  }

  private void drop(PublisherChannel current) {
    channel = null;
    current.kill();
  }

  /**
   * AMQP carries addresses and header names as texts of at most 255 bytes, and all headers at once.
   */
  private static boolean fits(OutboundMessage message) {
    int headersBytes =
        message.headers().entrySet().stream()
            .mapToInt(header -> AmqpText.bytes(header.getKey()) + AmqpText.bytes(header.getValue()))
            .sum();
    return headersBytes <= MAX_HEADERS_BYTES && addressesFit(message);
  }

  private static boolean addressesFit(OutboundMessage message) {
    return Stream.concat(
            Stream.of(
                message.exchange(),
                message.routingKey(),
                message.contentType(),
                Objects.requireNonNullElse(message.messageId(), ""),
                Objects.requireNonNullElse(message.correlationId(), ""),
                Objects.requireNonNullElse(message.replyTo(), "")),
            message.headers().keySet().stream())
        .allMatch(AmqpText::isShort);
  }
}
