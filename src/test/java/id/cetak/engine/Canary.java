package id.cetak.engine;

import id.cetak.lab.Broker;
import id.cetak.lab.Witness;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * A secret that tests put into callers' files, and the places where it is looked for: every column
 * of every table, every event, every line of the log, every definition and file but the seeds.
 */
final class Canary implements AutoCloseable {
  /** What every secret begins with. */
  static final String SECRET = "s3cr3t_canary";

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Handler handler = new Lines();
  private final Logger root = Logger.getLogger("");

  /** Hears the log from now on. */
  Canary() {
    root.addHandler(handler);
  }

  /** Both files of a clone, as a field that follows others; what they hold ends in this word. */
  static String files(String word) {
    return ", \"cloudInit\": {\"userData\": \"%s\", \"networkConfig\": \"%s\"}"
        .formatted(userData(word).replace("\n", "\\n"), networkConfig(word));
  }

  static String userData(String word) {
    return "#cloud-config\npassword: %s-user-%s ü\n".formatted(SECRET, word);
  }

  static String networkConfig(String word) {
    return "version: 2 # %s-net-%s".formatted(SECRET, word);
  }

  /** The columns that hold a secret, each as {@code table.column}. */
  static List<String> columns() {
    List<String> found = new ArrayList<>();
    for (String column :
        Witness.rows(
            "select table_name || '.' || column_name || '.' || data_type from"
                + " information_schema.columns where table_schema = 'public' order by 1")) {
      String[] part = column.split("\\.", -1);
      String text =
          part[2].equals("bytea")
              ? "encode(\"%s\", 'escape')".formatted(part[1])
              : "cast(\"%s\" as text)".formatted(part[1]);
      if (!Witness.rows(
              "select 1 from \"%s\" where position('%s' in %s) > 0 limit 1"
                  .formatted(part[0], SECRET, text))
          .isEmpty()) {
        found.add(part[0] + "." + part[1]);
      }
    }
    return found;
  }

  /** Everything that was told, logged, defined or written with a secret in it, seeds excepted. */
  List<String> outside(Broker broker) {
    List<String> found = new ArrayList<>(logged());
    for (Broker.Seen seen : broker.events()) {
      if ((seen.body() + seen.properties()).contains(SECRET)) {
        found.add("event " + seen.body());
      }
    }
    FakeHost.HYPERVISOR.domains().stream()
        .filter(domain -> domain.xml().contains(SECRET))
        .forEach(domain -> found.add("domain " + domain.name()));
    try (Stream<Path> files = Files.walk(FakeHost.DIRECTORY)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith("seed.iso")
            && new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(SECRET)) {
          found.add("file " + file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** The lines of the log with a secret in them. */
  List<String> logged() {
    return lines.stream().filter(line -> line.contains(SECRET)).toList();
  }

  /** Whether the log said this. */
  boolean heard(String words) {
    return lines.stream().anyMatch(line -> line.contains(words));
  }

  @Override
  public void close() {
    root.removeHandler(handler);
  }

  private final class Lines extends Handler {
    @Override
    public void publish(LogRecord line) {
      StringWriter trace = new StringWriter();
      if (line.getThrown() != null) {
        line.getThrown().printStackTrace(new PrintWriter(trace));
      }
      lines.add(line.getMessage() + " " + Arrays.toString(line.getParameters()) + " " + trace);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
