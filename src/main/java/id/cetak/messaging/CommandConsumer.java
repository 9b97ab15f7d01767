package id.cetak.messaging;

import id.cetak.job.Delivery;
import id.cetak.job.Delivery.Source;
import id.cetak.job.JobIntake;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.reactive.messaging.annotations.Blocking;
import io.smallrye.reactive.messaging.rabbitmq.IncomingRabbitMQMetadata;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Takes commands from RabbitMQ to the intake, and acknowledges each when its outcome is durable.
 *
 * <pre>
 *   delivery --> JobIntake.accept --returns--> ack
 *                     ^      |
 *                     |    throws --> pause, un-acknowledged, and again
 *                     +------+
 *   the worker stops --> left un-acknowledged: the broker gives it to another, or back to this one
 *   in vain for a quarter of an hour --> back to the queue, before the broker's half hour is over
 *   larger than any command can be --> dead letter, unread
 * </pre>
 *
 * <p>At most {@code cetak.intake.prefetch} deliveries per queue are in here at once.
 */
@ApplicationScoped
public class CommandConsumer {
  /** RabbitMQ 4's own limit for a message; older brokers take up to 128 MiB. */
  private static final int MAX_BODY_BYTES = 16 * 1024 * 1024;

  private static final Duration LEAST_PAUSE = Duration.ofMillis(200);
  private static final Duration MOST_PAUSE = Duration.ofSeconds(10);
  private static final Duration MOST_PATIENCE = Duration.ofMinutes(15);

  /** For intakes that are about to end by themselves; those that wait for a run slot will not. */
  private static final Duration UNDISTURBED = Duration.ofSeconds(2);

  private static final Duration DISTURBED = Duration.ofSeconds(5);

  /** The connector writes acknowledgements later, on a thread of its own, and does not say when. */
  private static final Duration FOR_ACKS = Duration.ofMillis(300);

  private static final Logger LOG = Logger.getLogger(CommandConsumer.class);

  private final JobIntake intake;
  private final CommandChannels channels;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final AtomicBoolean inTrouble = new AtomicBoolean();
  private final Set<Thread> inFlight = ConcurrentHashMap.newKeySet();

  CommandConsumer(JobIntake intake, CommandChannels channels) {
    this.intake = intake;
    this.channels = channels;
  }

  @Incoming(CommandQueue.Channels.ANY)
  @Blocking(value = CommandQueue.Channels.ANY, ordered = false)
  void any(byte[] body, IncomingRabbitMQMetadata properties) {
    take(Source.ANY, body, properties);
  }

  @Incoming(CommandQueue.Channels.HOST)
  @Blocking(value = CommandQueue.Channels.HOST, ordered = false)
  void host(byte[] body, IncomingRabbitMQMetadata properties) {
    take(Source.HOST, body, properties);
  }

  @Incoming(CommandQueue.Channels.CONTROL)
  @Blocking(value = CommandQueue.Channels.CONTROL, ordered = false)
  void control(byte[] body, IncomingRabbitMQMetadata properties) {
    take(Source.CONTROL, body, properties);
  }

  /** Before the engine stops: what is not accepted yet is not begun. */
  void stop(@Observes @Priority(50) ShutdownEvent event) {
    channels.pause();
    stopping.countDown();
    awaitNoneInFlight(UNDISTURBED);
    inFlight.forEach(Thread::interrupt);
    awaitNoneInFlight(DISTURBED);
    LockSupport.parkNanos(FOR_ACKS.toNanos());
  }

  private void take(Source source, byte[] body, IncomingRabbitMQMetadata properties) {
    if (body.length > MAX_BODY_BYTES) {
      throw NotAccepted.tooLarge(body.length);
    }
    Delivery delivery = Deliveries.read(source, body, properties);
    inFlight.add(Thread.currentThread());
    try {
      acceptAtLast(delivery);
    } catch (InterruptedException e) {
      throw NotAccepted.stopping();
    } finally {
      inFlight.remove(Thread.currentThread());
    }
  }

  private void acceptAtLast(Delivery delivery) throws InterruptedException {
    long since = System.nanoTime();
    Duration pause = LEAST_PAUSE;
    while (stopping.getCount() > 0) {
      try {
        intake.accept(delivery);
        inTrouble.set(false);
        return;
      } catch (RuntimeException | Error e) {
        if (inTrouble.compareAndSet(false, true)) {
          LOG.warnf(
              e, "A command could not be taken in. It is not lost, and tried again until it can.");
        }
      }
      if (System.nanoTime() - since > MOST_PATIENCE.toNanos()) {
        throw NotAccepted.inVain();
      }
      if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        break;
      }
      pause = pause.multipliedBy(2).compareTo(MOST_PAUSE) < 0 ? pause.multipliedBy(2) : MOST_PAUSE;
    }
    throw NotAccepted.stopping();
  }

  private void awaitNoneInFlight(Duration most) {
    long end = System.nanoTime() + most.toNanos();
    while (!inFlight.isEmpty() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
