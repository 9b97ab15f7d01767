package id.cetak.app;

import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Where RabbitMQ is, say {@code rabbitmq-host}, {@code -port}, {@code -username}, {@code -password}
 * and {@code -virtual-host}; here is how it is used.
 */
public interface BrokerSettings {
  /**
   * The AMQP users that workers log in as; {@code *} stands for any text. They are believed when
   * they hand a command on for somebody else.
   */
  @WithDefault("${rabbitmq-username:guest}")
  Set<String> workers();

  /**
   * The certificates (PEM) that vouch for RabbitMQ; with it, every connection to RabbitMQ is by
   * TLS, and the broker's name is checked.
   */
  Optional<Path> tlsCa();

  /**
   * How often the broker is asked for its queues. Too short costs it work, too long makes metrics
   * and the broker's return late.
   */
  @WithDefault("5s")
  Duration checkInterval();

  /**
   * How long a queue may be without this worker's consumer, while the broker answers, before the
   * worker ends itself to be started anew. Too short and a broker's restart ends workers.
   */
  @WithDefault("30s")
  Duration consumerGrace();

  /** Older events may leave the replayable log; applies when the log is first declared. */
  @WithDefault("7d")
  Duration eventLogMaxAge();

  /** The log's size on each broker node; applies when the log is first declared. */
  @WithDefault("1073741824")
  long eventLogMaxBytes();
}
