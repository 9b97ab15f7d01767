package id.cetak.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import id.cetak.outbox.MessagePublisher.Fate;
import id.cetak.outbox.OutboundMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A channel in confirm mode on a connection of its own. */
final class PublisherChannel {
  private static final int PERSISTENT = 2;
  private static final Logger LOG = Logger.getLogger(PublisherChannel.class);

  private final BrokerConnection connection;
  private final Channel channel;
  private final String user;
  private volatile boolean blocked;
  private volatile @Nullable PublishRound round;

  PublisherChannel(BrokerConnection connection, String user) throws IOException {
    this.connection = connection;
    this.user = user;
    connection.connection().addBlockedListener(this::blocked, this::unblocked);
    this.channel = connection.channel();
    channel.confirmSelect();
    channel.addConfirmListener(
        (tag, multiple) -> answered(tag, multiple, true),
        (tag, multiple) -> answered(tag, multiple, false));
    channel.addReturnListener(
        returned -> {
          PublishRound current = round;
          if (current != null) {
            current.returned(
                returned.getProperties().getMessageId(),
                returned.getExchange(),
                returned.getRoutingKey());
          }
        });
    channel.addShutdownListener(signal -> giveUp());
  }

  /** The broker is short of memory or disk, and reads nothing from here until that is over. */
  boolean isBlocked() {
    return blocked;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /**
   * True when the broker closed the channel alone: it will not have something that was published.
   */
  boolean wasRefused() {
    ShutdownSignalException reason = channel.getCloseReason();
    return reason != null && !reason.isHardError() && !reason.isInitiatedByApplication();
  }

  /** Why it closed, in the broker's words. */
  String closeReason() {
    ShutdownSignalException reason = channel.getCloseReason();
    if (reason == null) {
      return "no answer in time";
    }
    return Broker.why(reason);
  }

  /**
   * Publishes in order and waits for the answers, at most this long. What has no answer by then, or
   * by the end of the channel, is {@link Fate#UNKNOWN}.
   */
  List<Fate> publish(List<OutboundMessage> messages, Duration most) {
    PublishRound current = new PublishRound(messages, channel.getNextPublishSeqNo());
    round = current;
    try {
      for (OutboundMessage message : messages) {
        channel.basicPublish(
            message.exchange(), message.routingKey(), true, properties(message), message.body());
      }
      if (!blocked && channel.isOpen()) {
        current.await(most);
      }
    } catch (IOException | ShutdownSignalException e) {
      LOG.debugf(e, "The channel closed while it published");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return current.fates();
  }

  void kill() {
    connection.kill();
  }

  void close() {
    connection.close();
  }

  private AMQP.BasicProperties properties(OutboundMessage message) {
    return new AMQP.BasicProperties.Builder()
        .deliveryMode(PERSISTENT)
        .messageId(message.messageId())
        .contentType(message.contentType())
        .correlationId(message.correlationId())
        .replyTo(message.replyTo())
        // Another worker believes what it is told of the sender only of a worker.
        .userId(message.exchange().equals(Topology.COMMANDS) ? user : null)
        .headers(message.headers().isEmpty() ? null : new HashMap<>(message.headers()))
        .build();
  }

  private void answered(long tag, boolean multiple, boolean taken) {
    PublishRound current = round;
    if (current != null) {
      current.answered(tag, multiple, taken);
    }
  }

  private void blocked(String reason) {
    blocked = true;
    LOG.warnf(
        "RabbitMQ takes no messages: %s. Events wait in the outbox; free memory or disk on the broker.",
        reason);
    giveUp();
  }

  private void unblocked() {
    blocked = false;
    LOG.info("RabbitMQ takes messages again.");
  }

  private void giveUp() {
    PublishRound current = round;
    if (current != null) {
      current.giveUp();
    }
  }
}
