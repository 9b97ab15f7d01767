package id.cetak.lab;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The real worker, from the built jar, in a process of its own: to be killed, stopped and started
 * again.
 */
public final class WorkerProcess implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration START = Duration.ofMinutes(2);

  private final Process process;
  private final Path log;
  private final int port;

  private WorkerProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * Starts it; {@link #awaitReady} waits.
   *
   * @param settings environment variables over those of the lab
   */
  public static WorkerProcess start(Lab lab, Map<String, String> settings) {
    try {
      int port = Containers.freePort();
      Path log = Files.createTempFile(lab.directory(), "worker-", ".log");
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(
          List.of(
              "-Xmx256m",
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-XX:SharedArchiveFile=app-cds.jsa",
              "-Djna.encoding=UTF-8",
              "-jar",
              "quarkus-run.jar"));
      ProcessBuilder builder = new ProcessBuilder(command);
      // The archive of classes holds for this relative path.
      builder.directory(
          Path.of(System.getProperty("worker.directory", "target/quarkus-app")).toFile());
      Map<String, String> environment = new HashMap<>(lab.environment());
      environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
      environment.putAll(settings);
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      return new WorkerProcess(builder.start(), log, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public WorkerProcess awaitReady() {
    try {
      await("worker ready; log " + log)
          .atMost(START)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> !process.isAlive() || get("/q/health/ready").status() == 200);
    } catch (ConditionTimeoutException e) {
      // Nobody has it yet who would end it, and it would act among all tests that follow.
      close();
      throw new IllegalStateException("The worker is not ready:\n" + lastWords(), e);
    }
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "The worker ended with " + process.exitValue() + ":\n" + log());
    }
    return this;
  }

  /** Starts one, and waits until it stands still at a place, for ever. */
  public static WorkerProcess standingAt(String place, Lab lab, Map<String, String> settings) {
    FaultPoints points = new FaultPoints(lab);
    points.arm(place);
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(points.settings());
    WorkerProcess worker = start(lab, all);
    await(place + "; log " + worker.log)
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> !worker.isAlive() || points.standing(place).isPresent());
    if (!worker.isAlive()) {
      throw new IllegalStateException("The worker ended by itself:\n" + worker.log());
    }
    return worker;
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  /** The tools that it has started, and theirs. */
  public Stream<ProcessHandle> tools() {
    return process.descendants();
  }

  /** What HTTP answered. */
  public record Answer(int status, String body) {}

  /** The answer of a path, or of a server that is not there yet: 0 and nothing. */
  public Answer get(String path) {
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      return new Answer(0, "");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Kills it without a warning, as a power cut or the kernel would. */
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** Asks it to end, as a service manager would. */
  public int stop() {
    process.destroy();
    awaitEnd();
    return process.exitValue();
  }

  public void signal(String signal) {
    try {
      Process kill = new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid())).start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill -s " + signal + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("The worker did not end:\n" + log());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The end of its log. */
  public String lastWords() {
    String log = log();
    return log.substring(Math.max(0, log.length() - 3_000));
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
