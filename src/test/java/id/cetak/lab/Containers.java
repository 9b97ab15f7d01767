package id.cetak.lab;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.rabbitmq.RabbitMQContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The RabbitMQ and the PostgreSQL of the tests: one of each per test run, on ports that stay the
 * same over a restart. The images are the official ones, unless {@code CETAK_TEST_RABBITMQ_IMAGE}
 * and {@code CETAK_TEST_POSTGRES_IMAGE} name others.
 */
public final class Containers {
  private static final String LABEL = "org.cetak.test";

  /** Ten times what a quiet machine needs. */
  private static final Duration START = Duration.ofMinutes(4);

  private static final String USER = "cetak";
  private static final String PASSWORD = "canary-of-a-password";

  private static @Nullable RabbitMQContainer rabbitmq;
  private static @Nullable PostgreSQLContainer postgres;

  private Containers() {}

  public static synchronized RabbitMQContainer rabbitmq() {
    if (rabbitmq == null) {
      rabbitmq =
          pinned(
              new RabbitMQContainer(image("CETAK_TEST_RABBITMQ_IMAGE", "rabbitmq:3.13"))
                  .withAdminUser(USER)
                  .withAdminPassword(PASSWORD),
              5672);
      rabbitmq.start();
    }
    return rabbitmq;
  }

  public static synchronized PostgreSQLContainer postgres() {
    if (postgres == null) {
      // Durable as in production: a restart in the middle of a test must keep what was committed.
      postgres =
          pinned(
              new PostgreSQLContainer(image("CETAK_TEST_POSTGRES_IMAGE", "postgres:15"))
                  .withUsername(USER)
                  .withPassword(PASSWORD)
                  .withDatabaseName("cetak"),
              5432);
      postgres.setCommand("postgres", "-c", "max_connections=300");
      postgres.start();
    }
    return postgres;
  }

  public static String amqpUri() {
    return "amqp://%s:%s@%s:%d".formatted(USER, PASSWORD, rabbitmq().getHost(), amqpPort());
  }

  public static int amqpPort() {
    return rabbitmq().getMappedPort(5672);
  }

  public static String user() {
    return USER;
  }

  public static String password() {
    return PASSWORD;
  }

  /** Stops it as a service manager would, and starts it again. */
  public static void restart(GenericContainer<?> container) {
    var docker = DockerClientFactory.instance().client();
    docker.stopContainerCmd(container.getContainerId()).withTimeout(30).exec();
    docker.startContainerCmd(container.getContainerId()).exec();
  }

  /** Kills it without a warning, and starts it again. */
  public static void crash(GenericContainer<?> container) {
    var docker = DockerClientFactory.instance().client();
    docker.killContainerCmd(container.getContainerId()).exec();
    docker.startContainerCmd(container.getContainerId()).exec();
  }

  public static void stop(GenericContainer<?> container) {
    DockerClientFactory.instance()
        .client()
        .stopContainerCmd(container.getContainerId())
        .withTimeout(30)
        .exec();
  }

  public static void start(GenericContainer<?> container) {
    DockerClientFactory.instance().client().startContainerCmd(container.getContainerId()).exec();
  }

  /** Waits until the server in it answers: that runs long before. */
  public static void awaitAnswer(GenericContainer<?> container) {
    await("an answer of " + container.getDockerImageName())
        .atMost(START)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptions()
        .until(
            () -> {
              if (container instanceof PostgreSQLContainer) {
                return !Witness.rows("select 1").isEmpty();
              }
              ConnectionFactory factory = new ConnectionFactory();
              factory.setUri(amqpUri());
              try (Connection connection = factory.newConnection()) {
                return connection.isOpen();
              }
            });
  }

  // A port that Docker chooses changes with each start; ours must not.
  static <C extends GenericContainer<?>> C pinned(C container, int port) {
    int host = freePort();
    labelled(container).withStartupTimeout(START);
    container.withCreateContainerCmdModifier(
        command ->
            Optional.ofNullable(command.getHostConfig())
                .orElseThrow()
                .withPortBindings(
                    new PortBinding(
                        Ports.Binding.bindIpAndPort("127.0.0.1", host), new ExposedPort(port))));
    container.setExposedPorts(java.util.List.of(port));
    return container;
  }

  /** Marks it as this run's, which removes what carries its directory's name. */
  public static <C extends GenericContainer<?>> C labelled(C container) {
    container.withLabel(
        LABEL, Optional.ofNullable(System.getenv("CETAK_TEST_STATE")).orElse("by hand"));
    return container;
  }

  static DockerImageName image(String variable, String official) {
    String name = Optional.ofNullable(System.getenv(variable)).orElse(official);
    return DockerImageName.parse(name)
        .asCompatibleSubstituteFor(official.substring(0, official.indexOf(':')));
  }

  /** Makes a virtual host in which the tests' user may do everything. */
  public static void virtualHost(String name) {
    must(rabbitmq(), "rabbitmqctl", "add_vhost", name);
    must(rabbitmq(), "rabbitmqctl", "set_permissions", "-p", name, USER, ".*", ".*", ".*");
  }

  /** Runs a command in a container, and demands that it works. @return what it said */
  public static String must(GenericContainer<?> container, String... command) {
    try {
      var result = container.execInContainer(command);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + result);
      }
      return result.getStdout();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A port of this machine that nobody listens on now. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
