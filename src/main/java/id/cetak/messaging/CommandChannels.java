package id.cetak.messaging;

import io.smallrye.reactive.messaging.ChannelRegistry;
import io.smallrye.reactive.messaging.PausableChannel;
import io.smallrye.reactive.messaging.rabbitmq.RabbitMQConnector;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.reactive.messaging.spi.Connector;

/**
 * The connector's channels that bring commands. They connect once, when they are opened, and
 * recover by the Java client's own means: the connector's reconnecting acknowledges old delivery
 * tags on new channels, and loses commands by it. What that recovery cannot repair (a channel that
 * the broker closed, a queue that was deleted) stays broken for the life of the process.
 */
@ApplicationScoped
public class CommandChannels {
  private final ChannelRegistry registry;
  private final RabbitMQConnector connector;
  private final AtomicBoolean opened = new AtomicBoolean();

  CommandChannels(
      ChannelRegistry registry,
      @Connector(RabbitMQConnector.CONNECTOR_NAME) RabbitMQConnector connector) {
    this.registry = registry;
    this.connector = connector;
  }

  /** Begins to consume; to be called once the broker answers and has the queues. */
  void open() {
    if (opened.compareAndSet(false, true)) {
      CommandQueue.CONSUMED.forEach(queue -> pausable(queue).resume());
    }
  }

  /** Takes nothing more; what the broker has handed over already stays un-acknowledged. */
  void pause() {
    opened.set(true);
    CommandQueue.CONSUMED.forEach(queue -> pausable(queue).pause());
  }

  /** Whether the connection and the channel that consume this queue are open. */
  boolean isOpen(CommandQueue queue) {
    return connector.getLiveness().getChannels().stream()
        .anyMatch(info -> info.getChannel().equals(queue.channel()) && info.isOk());
  }

  private PausableChannel pausable(CommandQueue queue) {
    return registry.getPausable(queue.channel());
  }
}
