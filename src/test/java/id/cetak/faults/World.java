package id.cetak.faults;

import id.cetak.lab.Broker;
import id.cetak.lab.Containers;
import id.cetak.lab.FaultPoints;
import id.cetak.lab.Lab;
import id.cetak.lab.Shell;
import id.cetak.lab.TcpProxy;
import id.cetak.lab.Witness;
import id.cetak.lab.WorkerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a fault can strike: two real workers of one host, which come to RabbitMQ and PostgreSQL by
 * ways that can be cut and stalled, and whose clones lie on a small file system of their own. When
 * one worker is lost, the other goes on at once, as on a host with a spare.
 */
final class World implements AutoCloseable {
  /** What the file system of the clones has when nothing is wrong with it. */
  private static final String ROOM = "size=2g,nr_inodes=20000";

  final String host;
  final Duration patience;
  final Lab lab;
  final Broker broker;
  final TcpProxy toRabbit = new TcpProxy("127.0.0.1", Containers.amqpPort());
  final TcpProxy toPostgres;

  private final FaultPoints points;
  private final Map<String, String> settings = new HashMap<>();
  private final List<WorkerProcess> workers = new ArrayList<>();
  private final Path clones;

  /**
   * The libvirt, broker and database of the lab, with a template that is sealed.
   *
   * @param patience how long an end is waited for
   */
  World(String host, Map<String, String> more, Duration patience) {
    this.host = host;
    this.patience = patience;
    this.lab = Lab.get();
    lab.template();
    this.broker = new Broker(Containers.amqpUri());
    this.toPostgres =
        new TcpProxy("127.0.0.1", Containers.postgres().getMappedPort(5432).intValue());
    this.points = new FaultPoints(lab);
    this.clones = lab.images().resolve("clones");
    settings.put("CETAK_HOST", host);
    settings.put("CETAK_RUN_EXHAUSTED_DELAY", "2s");
    settings.put("CETAK_IMPORT_DIRECTORY", lab.images().resolve("import").toString());
    settings.put("CETAK_IMPORT_DOMAIN_TYPE", "QEMU");
    settings.putAll(points.settings());
    settings.put("RABBITMQ_HOST", "127.0.0.1");
    settings.put("RABBITMQ_PORT", Integer.toString(toRabbit.localPort()));
    settings.put(
        "QUARKUS_DATASOURCE_JDBC_URL",
        "jdbc:postgresql://127.0.0.1:%d/cetak".formatted(toPostgres.localPort()));
    settings.putAll(more);
    Shell.must("mount", "-t", "tmpfs", "-o", "mode=755," + ROOM, "clones", clones.toString());
    startWorker();
    startWorker();
    workers.forEach(WorkerProcess::awaitReady);
  }

  private void startWorker() {
    workers.add(WorkerProcess.start(lab, settings));
  }

  /**
   * An image in the import folder, of a small system that is nobody yet: what was sealed, as a
   * stranger would bring it.
   */
  String image() {
    Path image = lab.images().resolve("import").resolve("faults.qcow2");
    if (!Files.exists(image)) {
      String sealed =
          Witness.rows("select id from template_version where template = 'lab' and version = 1")
              .get(0);
      try {
        Files.createDirectories(image.getParent());
        Files.copy(lab.images().resolve("sealed").resolve(sealed).resolve("disk-0.qcow2"), image);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return image.getFileName().toString();
  }

  /** Sends a command to the host of this world. */
  void send(String command) {
    broker.send("host." + host, command);
  }

  /** The next thread that comes to this place stands still there. */
  void arm(String place) {
    points.arm(place);
  }

  /** The worker that stands at a place now. */
  Optional<WorkerProcess> standing(String place) {
    OptionalLong pid = points.standing(place);
    Optional<WorkerProcess> worker =
        workers.stream()
            .filter(ours -> pid.isPresent() && ours.pid() == pid.getAsLong())
            .findFirst();
    if (pid.isPresent() && worker.isEmpty()) {
      // Killed at an earlier place, while another of its threads had come to this one already.
      points.release(place);
      points.arm(place);
    }
    return worker;
  }

  void release(String place) {
    points.release(place);
  }

  /** Whether a worker stands at any place but one. */
  boolean standsElsewhere(WorkerProcess worker, String place) {
    return points.placesOf(worker.pid()).stream().anyMatch(other -> !other.equals(place));
  }

  /** Whether any worker but one stands anywhere. */
  boolean anotherStands(WorkerProcess worker) {
    return workers.stream()
        .anyMatch(other -> other != worker && !points.placesOf(other.pid()).isEmpty());
  }

  /** Lets a worker go wherever it stands; the next one that comes there is held. */
  void letGo(WorkerProcess worker) {
    for (String place : points.placesOf(worker.pid())) {
      points.release(place);
      points.arm(place);
    }
  }

  /** For a worker that has ended: there are two again, when the new one has come up. */
  void replace(WorkerProcess worker) {
    workers.remove(worker);
    startWorker();
  }

  /** Lets go whoever stands anywhere, and holds nobody any more. */
  void releaseAll() {
    points.releaseAll();
  }

  /** Waits until both workers are there and well, as before every episode. */
  void heal() {
    for (WorkerProcess worker : List.copyOf(workers)) {
      if (!worker.isAlive()) {
        replace(worker);
      }
    }
    workers.forEach(WorkerProcess::awaitReady);
  }

  /** What the workers said last; for messages of failures. */
  String logs() {
    StringBuilder logs = new StringBuilder();
    for (WorkerProcess worker : workers) {
      logs.append("\n--- worker ").append(worker.pid()).append('\n').append(worker.lastWords());
    }
    return logs.toString();
  }

  /** Changes the file system of the clones. */
  void clonesFileSystem(String options) {
    Shell.must("mount", "-o", "remount," + options, clones.toString());
  }

  void healClonesFileSystem() {
    clonesFileSystem("rw," + ROOM);
  }

  /**
   * What is in use on the file system of the clones.
   *
   * @param what df's column: used, in KiB, or iused, in files
   */
  long usedOnClones(String what) {
    return Long.parseLong(
        Shell.must("df", "--output=" + what, clones.toString()).lines().toList().get(1).strip());
  }

  /** A connection past the proxy, for what a test holds against the workers. */
  static Connection database() {
    try {
      return DriverManager.getConnection(
          Containers.postgres().getJdbcUrl(), Containers.user(), Containers.password());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    workers.forEach(WorkerProcess::close);
    toRabbit.close();
    toPostgres.close();
    broker.close();
    Shell.must("umount", clones.toString());
  }
}
