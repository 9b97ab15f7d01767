package id.cetak.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import id.cetak.app.CetakConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the broker for ever, on a connection of its own: declares the topology when it answers,
 * then lets the consumers begin, and asks for depths and consumers of all queues every few seconds.
 *
 * <p>A queue that has no consumer of this worker although the broker answers is a consumer dead
 * beyond repair. The worker then ends itself, and its service manager starts it anew: a fresh
 * process is the one way back that needs no second way to connect.
 */
@ApplicationScoped
public class BrokerWatch {
  private static final Logger LOG = Logger.getLogger(BrokerWatch.class);

  /** After trouble; doubled each time, up to the interval of the checks. */
  private static final Duration LEAST_PAUSE = Duration.ofMillis(100);

  /** Consumers that begin, or come back, take a moment: no news until then. */
  private static final Duration SETTLING = Duration.ofSeconds(3);

  private final Broker broker;
  private final Topology topology;
  private final CommandChannels channels;
  private final QueueDepths depths;
  private final WorkerEnd end;
  private final CetakConfig config;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Map<CommandQueue, Long> silentSinceNanos = new EnumMap<>(CommandQueue.class);

  /** A queue that does not reach this worker, and for how long. */
  private record Silence(CommandQueue queue, Duration lasts) {}

  private volatile @Nullable String trouble = "RabbitMQ has not been asked yet";
  private volatile @Nullable BrokerConnection connection;
  private @Nullable String told;
  private boolean declared;

  BrokerWatch(
      Broker broker,
      Topology topology,
      CommandChannels channels,
      QueueDepths depths,
      WorkerEnd end,
      CetakConfig config) {
    this.broker = broker;
    this.topology = topology;
    this.channels = channels;
    this.depths = depths;
    this.end = end;
    this.config = config;
  }

  /** Why this worker gets no commands at the moment; empty when it does. */
  public Optional<String> trouble() {
    BrokerConnection current = connection;
    return current != null && !current.isOpen() && trouble == null
        ? Optional.of("The connection to RabbitMQ has ended")
        : Optional.ofNullable(trouble);
  }

  void start(@Observes StartupEvent event) {
    Thread thread = new Thread(this::watchForEver, "broker-watch");
    thread.setDaemon(true);
    thread.start();
  }

  void stop(@Observes @Priority(40) ShutdownEvent event) {
    stopping.countDown();
  }

  private void watchForEver() {
    try {
      Duration pause = LEAST_PAUSE;
      do {
        String before = trouble;
        look();
        pause = pauseAfter(before, pause);
      } while (!stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      disconnect();
    }
  }

  /** Looks once. What fails is told and tried again the next time. */
  void look() {
    try {
      Connection open = connected();
      if (!declared) {
        topology.declareCommands(open);
        topology.declarePublished(open);
        declared = true;
      }
      channels.open();
      Optional<Silence> silent = askQueues(open);
      if (silent.isEmpty()) {
        wellAgain();
      } else {
        judge(silent.get());
      }
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      disconnect();
      inTrouble(Broker.why(e));
    } catch (RuntimeException e) {
      disconnect();
      LOG.error("The watch over RabbitMQ failed; it goes on.", e);
      trouble = Broker.why(e);
    }
  }

  /** Short after news, longer while the same trouble lasts, and never longer than the interval. */
  private Duration pauseAfter(@Nullable String before, Duration last) {
    Duration interval = config.broker().checkInterval();
    if (trouble == null) {
      return interval;
    }
    Duration next = Objects.equals(trouble, before) ? last.multipliedBy(2) : LEAST_PAUSE;
    return next.compareTo(interval) < 0 ? next : interval;
  }

  private Connection connected() throws IOException, TimeoutException {
    BrokerConnection current = connection;
    if (current == null || !current.isOpen()) {
      disconnect();
      current = broker.open("watch");
      connection = current;
    }
    return current.connection();
  }

  private void disconnect() {
    BrokerConnection current = connection;
    connection = null;
    declared = false;
    silentSinceNanos.clear();
    depths.allUnknown();
    if (current != null) {
      current.kill();
    }
  }

  /**
   * @return the queue that has not reached this worker for longest
   */
  private Optional<Silence> askQueues(Connection open) throws IOException {
    Silence longest = null;
    for (CommandQueue queue : CommandQueue.values()) {
      boolean isThere = ask(open, queue);
      if (!isThere) {
        // Somebody deleted it. It is declared again; its consumer does not come back by that.
        declared = false;
      }
      if (!CommandQueue.CONSUMED.contains(queue)) {
        continue;
      }
      if (isThere && depths.consumers(queue) > 0 && channels.isOpen(queue)) {
        silentSinceNanos.remove(queue);
      } else {
        long now = System.nanoTime();
        long since = silentSinceNanos.computeIfAbsent(queue, absent -> now);
        Silence silence = new Silence(queue, Duration.ofNanos(now - since));
        longest =
            longest == null || silence.lasts().compareTo(longest.lasts()) > 0 ? silence : longest;
      }
    }
    return Optional.ofNullable(longest);
  }

  private boolean ask(Connection open, CommandQueue queue) throws IOException {
    Channel channel = open.createChannel();
    if (channel == null) {
      throw new IOException("RabbitMQ gave no channel");
    }
    try {
      depths.seen(queue, channel.queueDeclarePassive(name(queue)));
      return true;
    } catch (IOException e) {
      if (Broker.replyCode(e) != AMQP.NOT_FOUND) {
        throw e;
      }
      depths.unknown(queue);
      return false;
    } finally {
      channel.abort();
    }
  }

  private void judge(Silence silence) {
    String what = "Queue '%s' has no consumer of this worker".formatted(name(silence.queue()));
    if (silence.lasts().compareTo(SETTLING) < 0) {
      trouble = what;
      return;
    }
    inTrouble(what);
    if (silence.lasts().compareTo(config.broker().consumerGrace()) >= 0
        && stopping.getCount() > 0) {
      LOG.errorf(
          "%s for %d s, though RabbitMQ answers. The worker ends now with code %d, for its service manager to start"
              + " it anew; no command is lost.",
          what, silence.lasts().toSeconds(), WorkerEnd.EXIT_CODE);
      end.now();
    }
  }

  private String name(CommandQueue queue) {
    return queue.queue(config.host());
  }

  /** Told once per trouble, not once per look. */
  private void inTrouble(String what) {
    trouble = what;
    if (!what.equals(told)) {
      told = what;
      LOG.warnf("No commands come: %s. Trying again.", what);
    }
  }

  private void wellAgain() {
    if (trouble != null) {
      LOG.info("RabbitMQ answers, and commands come.");
    }
    trouble = null;
    told = null;
  }
}
