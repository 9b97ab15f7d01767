package id.cetak.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    folder = Scratch.own("cetak-users");
    Shell.must(
        "deploy/rabbitmq/definitions",
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
        "eyes");
    Containers.rabbitmq()
        .copyFileToContainer(
            MountableFile.forHostPath(folder.resolve("definitions.json"), 0644),
            "/tmp/definitions.json");
    Containers.must(
        Containers.rabbitmq(), "rabbitmqctl", "import_definitions", "/tmp/definitions.json");
    Containers.must(
        Containers.rabbitmq(),
        "rabbitmqctl",
        "set_permissions",
        "-p",
        VHOST,
        Containers.user(),
        ".*",
        ".*",
        ".*");
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
}
