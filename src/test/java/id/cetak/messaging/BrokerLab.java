package id.cetak.messaging;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import id.cetak.app.CetakConfig;
import id.cetak.lab.Containers;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Cetak's own classes against the test broker, wiped of everything that Cetak declares. */
final class BrokerLab implements AutoCloseable {
  static final String HOST = "hv-test";

  /** Where the broker is. A running one, for tests alone, may be named instead of a container. */
  record Rabbit(String host, int port, String username, String password) {
    /** The same broker by another way, such as a proxy on this machine. */
    Rabbit by(int localPort) {
      return new Rabbit("127.0.0.1", localPort, username, password);
    }
  }

  private final Connection connection = connect(rabbit());
  final Channel channel;

  BrokerLab() throws IOException {
    this.channel = connection.createChannel();
    for (CommandQueue queue : CommandQueue.values()) {
      channel.queueDelete(queue.queue(HOST));
    }
    channel.queueDelete(Topology.EVENT_LOG);
    for (String exchange : List.of(Topology.COMMANDS, Topology.EVENTS, Topology.DEAD)) {
      channel.exchangeDelete(exchange);
    }
  }

  Connection connection() {
    return connection;
  }

  static Rabbit rabbit() {
    URI uri =
        URI.create(
            Optional.ofNullable(System.getenv("CETAK_TEST_RABBITMQ_URI"))
                .orElseGet(Containers::amqpUri));
    List<String> user = List.of(uri.getUserInfo().split(":", 2));
    return new Rabbit(uri.getHost(), uri.getPort(), user.get(0), user.get(1));
  }

  /** Runs {@code rabbitmqctl} at the broker. */
  static void rabbitmqctl(String... arguments) throws IOException, InterruptedException {
    String own = System.getenv("CETAK_TEST_RABBITMQCTL");
    List<String> command = new ArrayList<>(List.of(own == null ? "rabbitmqctl" : own));
    command.addAll(List.of(arguments));
    int exit =
        own == null
            ? Containers.rabbitmq().execInContainer(command.toArray(String[]::new)).getExitCode()
            : new ProcessBuilder(command).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException(command + " ended with " + exit);
    }
  }

  private static Connection connect(Rabbit rabbit) {
    try {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setHost(rabbit.host());
      factory.setPort(rabbit.port());
      factory.setUsername(rabbit.username());
      factory.setPassword(rabbit.password());
      factory.setAutomaticRecoveryEnabled(false);
      return factory.newConnection("cetak test");
    } catch (IOException | TimeoutException e) {
      throw new IllegalStateException("The test broker does not answer", e);
    }
  }

  /** The configuration of a worker that comes to the broker this way. */
  static SmallRyeConfig config(Rabbit rabbit, Map<String, String> more) {
    Map<String, String> values =
        new HashMap<>(
            Map.of(
                "cetak.host", HOST,
                "rabbitmq-host", rabbit.host(),
                "rabbitmq-port", String.valueOf(rabbit.port()),
                "rabbitmq-username", rabbit.username(),
                "rabbitmq-password", rabbit.password()));
    values.putAll(more);
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .withMapping(CetakConfig.class)
        .withSources(new PropertiesConfigSource(values, "test", 500))
        .build();
  }

  static EventPublisher publisher(Rabbit rabbit, Duration confirmTimeout) {
    SmallRyeConfig config =
        config(rabbit, Map.of("cetak.outbox.confirm-timeout", confirmTimeout.toMillis() + "ms"));
    CetakConfig cetak = config.getConfigMapping(CetakConfig.class);
    return new EventPublisher(
        new Broker(config, new BrokerTls(cetak, config)), new Topology(cetak), cetak);
  }

  Topology topology() {
    return new Topology(config(rabbit(), Map.of()).getConfigMapping(CetakConfig.class));
  }

  /** A queue of this test's own, bound to what is published under the key. */
  String listen(String exchange, String key) throws IOException {
    String queue = channel.queueDeclare().getQueue();
    channel.queueBind(queue, exchange, key);
    return queue;
  }

  GetResponse get(String queue) throws IOException {
    return channel.basicGet(queue, true);
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
