package id.cetak.messaging;

import id.cetak.job.Delivery.Source;
import id.cetak.job.JobIntake;
import id.cetak.producer.Grants;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.reactive.messaging.rabbitmq.IncomingRabbitMQMetadata;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes commands from RabbitMQ to the intake, and acknowledges each when its outcome is durable.
 *
 * <pre>
 *   delivery --> JobIntake.accept --durable--> ack
 *                     |
 *                     +-- the worker stops --> left un-acknowledged: the broker gives it to another, or back to this one
 *                     +-- in vain for a quarter of an hour --> back to the queue, before the broker's half hour is over
 *   larger than any command can be --> dead letter, unread
 * </pre>
 *
 * <p>At most {@code cetak.intake.prefetch} deliveries per queue are un-acknowledged at once. No
 * thread waits with one: the acknowledgement follows from the thread that committed.
 */
@ApplicationScoped
public class CommandConsumer {
  /** RabbitMQ 4's own limit for a message; older brokers take up to 128 MiB. */
  private static final int MAX_BODY_BYTES = 16 * 1024 * 1024;

  /** The connector writes acknowledgements later, on a thread of its own, and does not say when. */
  private static final Duration FOR_ACKS = Duration.ofMillis(300);

  private static final Logger LOG = Logger.getLogger(CommandConsumer.class);

  private final JobIntake intake;
  private final CommandChannels channels;
  private final Grants grants;

  CommandConsumer(JobIntake intake, CommandChannels channels, Grants grants) {
    this.grants = grants;
    this.intake = intake;
    this.channels = channels;
  }

  @Incoming(CommandQueue.Channels.ANY)
  CompletionStage<Void> any(Message<byte[]> message) {
    return take(Source.ANY, message);
  }

  @Incoming(CommandQueue.Channels.HOST)
  CompletionStage<Void> host(Message<byte[]> message) {
    return take(Source.HOST, message);
  }

  @Incoming(CommandQueue.Channels.CONTROL)
  CompletionStage<Void> control(Message<byte[]> message) {
    return take(Source.CONTROL, message);
  }

  /** Before the engine stops: what is not accepted yet is not begun. */
  void stop(@Observes @Priority(50) ShutdownEvent event) {
    channels.pause();
    intake.stop();
    LockSupport.parkNanos(FOR_ACKS.toNanos());
  }

  /** Asks for the next message at once: how many come is the broker's part, by the prefetch. */
  private CompletionStage<Void> take(Source source, Message<byte[]> message) {
    byte[] body = message.getPayload();
    if (body.length > MAX_BODY_BYTES) {
      settle(message, NotAccepted.tooLarge(body.length));
    } else {
      offer(source, message);
    }
    return CompletableFuture.completedFuture(null);
  }

  // A handler that throws would end its channel: whatever is wrong with a message stays with it.
  private void offer(Source source, Message<byte[]> message) {
    try {
      IncomingRabbitMQMetadata properties =
          message.getMetadata(IncomingRabbitMQMetadata.class).orElseThrow();
      var unused =
          intake
              .accept(Deliveries.read(source, message.getPayload(), properties, grants))
              .whenComplete(
                  (nothing, inVain) ->
                      settle(message, inVain == null ? null : NotAccepted.inVain()));
    } catch (RuntimeException e) {
      LOG.error("A delivery cannot be read. It is left un-acknowledged.", e);
    }
  }

  private static void settle(Message<byte[]> message, @Nullable NotAccepted failure) {
    var unused = failure == null ? message.ack() : message.nack(failure);
  }
}
