package id.cetak.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.testcontainers.utility.MountableFile;

/**
 * The users that {@code deploy/rabbitmq/definitions} makes, on the test broker in a virtual host of
 * their own.
 */
public final class BrokerUsers {
  public static final String VHOST = "rights";

  private final Path folder;

  /** Makes them, and takes the queues away that an earlier test has left. */
  public BrokerUsers() {
    try {
      folder = Files.createTempDirectory("cetak-users");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Scripts.run(
        Map.of(),
        List.of(
            Path.of("deploy/rabbitmq/definitions").toAbsolutePath().toString(),
            folder.toString(),
            "--vhost",
            VHOST,
            "--worker",
            "engine",
            "hv2",
            "--publisher",
            "lab-7",
            "lab-8",
            "--observer",
            "eyes"));
    Containers.rabbitmq()
        .copyFileToContainer(
            MountableFile.forHostPath(folder.resolve("definitions.json"), 0644),
            "/tmp/definitions.json");
    inBroker("import_definitions", "/tmp/definitions.json");
    inBroker("set_permissions", "-p", VHOST, Containers.user(), ".*", ".*", ".*");
  }

  public String password(String user) {
    try {
      return user.equals(Containers.user())
          ? Containers.password()
          : Files.readString(folder.resolve(user + ".password")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String uri(String user) {
    return "amqp://%s:%s@%s:%d/%s"
        .formatted(
            user, password(user), Containers.rabbitmq().getHost(), Containers.amqpPort(), VHOST);
  }

  private static void inBroker(String... words) {
    try {
      var result =
          Containers.rabbitmq()
              .execInContainer(
                  Stream.concat(Stream.of("rabbitmqctl"), Stream.of(words)).toArray(String[]::new));
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(String.join(" ", words) + ": " + result);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
