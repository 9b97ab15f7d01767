package id.cetak.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.rabbitmq.RabbitMQContainer;
import org.testcontainers.utility.MountableFile;

/** A RabbitMQ and a PostgreSQL that speak TLS, as {@code deploy/tls} sets them up. */
public final class TlsLab implements AutoCloseable {
  private static final String IN_CONTAINER = "/etc/cetak/tls/";

  private final Path folder;
  private final RabbitMQContainer rabbitmq;
  private final PostgreSQLContainer postgres;

  /** Both have certificates for {@code localhost}, and for no other name. */
  public TlsLab() {
    folder = Scratch.own("cetak-tls");
    certificates("tls", "397", "rabbitmq", "postgres", "worker");
    certificates("strangers", "397", "rabbitmq");
    rabbitmq =
        Containers.pinned(
            new RabbitMQContainer(Containers.image("CETAK_TEST_RABBITMQ_IMAGE", "rabbitmq:3.13"))
                .withAdminUser(Containers.user())
                .withAdminPassword(Containers.password()),
            5671);
    postgres =
        Containers.pinned(
            new PostgreSQLContainer(Containers.image("CETAK_TEST_POSTGRES_IMAGE", "postgres:15"))
                .withUsername(Containers.user())
                .withPassword(Containers.password())
                .withDatabaseName("cetak"),
            5432);
    for (String file : List.of("ca.pem", "rabbitmq.pem", "rabbitmq.key")) {
      rabbitmq.withCopyFileToContainer(mine("tls/" + file), IN_CONTAINER + file);
    }
    rabbitmq.withCopyFileToContainer(
        MountableFile.forHostPath("deploy/tls/rabbitmq.conf", 0644),
        "/etc/rabbitmq/conf.d/30-tls.conf");
    for (String file : List.of("postgres.pem", "postgres.key")) {
      postgres.withCopyFileToContainer(mine("tls/" + file), IN_CONTAINER + file);
    }
    postgres.withCopyFileToContainer(
        MountableFile.forHostPath("deploy/tls/pg_hba.conf", 0644), IN_CONTAINER + "pg_hba.conf");
    postgres.setCommand("bash", "-c", postgresCommand());
    rabbitmq.start();
    postgres.start();
  }

  /** The very command of the compose file. */
  private static String postgresCommand() {
    try {
      String compose = Files.readString(Path.of("deploy/tls/docker-compose.yml"));
      int from = compose.indexOf("install -m 0600");
      return compose
          .substring(from, compose.indexOf("volumes:", from))
          .replace("$$", "$")
          .replaceAll("\\s+", " ")
          .strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The CA that made the servers' certificates. */
  public Path ca() {
    return folder.resolve("tls/ca.pem");
  }

  /** A CA that has nothing to do with them. */
  public Path anotherCa() {
    return folder.resolve("strangers/ca.pem");
  }

  public Path file(String name) {
    return folder.resolve("tls").resolve(name);
  }

  public int amqpsPort() {
    return rabbitmq.getMappedPort(5671);
  }

  public int postgresPort() {
    return postgres.getMappedPort(5432);
  }

  /** Has both servers take certificates that expired yesterday. */
  public void expire() {
    certificates("tls", "-1", "rabbitmq", "postgres");
    for (String file : List.of("rabbitmq.pem", "rabbitmq.key")) {
      rabbitmq.copyFileToContainer(mine("tls/" + file), IN_CONTAINER + file);
    }
    for (String file : List.of("postgres.pem", "postgres.key")) {
      postgres.copyFileToContainer(mine("tls/" + file), IN_CONTAINER + file);
    }
    Containers.must(rabbitmq, "rabbitmqctl", "eval", "ssl:clear_pem_cache().");
    Containers.must(
        postgres, "install", "-m", "0600", IN_CONTAINER + "postgres.key", "/tmp/postgres.key");
    Containers.must(postgres, "bash", "-c", "kill -HUP $(head -n 1 $PGDATA/postmaster.pid)");
  }

  /** What {@code rabbitmqctl} answers. */
  public String rabbitmqctl(String... words) {
    String[] command = new String[words.length + 1];
    command[0] = "rabbitmqctl";
    System.arraycopy(words, 0, command, 1, words.length);
    return Containers.must(rabbitmq, command);
  }

  private void certificates(String to, String days, String... servers) {
    List<String> command = new java.util.ArrayList<>();
    command.add("deploy/tls/certificates");
    command.add(folder.resolve(to).toString());
    for (String server : servers) {
      command.add(server + "=localhost");
    }
    Shell.must(Map.of("DAYS", days, "KEY_MODE", "0644"), command);
  }

  private MountableFile mine(String file) {
    return MountableFile.forHostPath(folder.resolve(file), 0644);
  }

  @Override
  public void close() {
    rabbitmq.stop();
    postgres.stop();
  }
}
