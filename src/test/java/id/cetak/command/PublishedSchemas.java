package id.cetak.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What {@code docs} promises: the JSON Schemas, and the examples beside them. */
public final class PublishedSchemas {
  private static final Path DOCS = Path.of("docs");
  private static final String BASE = "https://schemas.invalid/";

  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(files()));

  /** What is wrong with a text by the schema of this name, such as {@code commands/clone}. */
  public List<String> complaints(String schema, String json) {
    return registry
        .getSchema(SchemaLocation.of(BASE + schema + ".json"))
        .validate(
            json,
            InputFormat.JSON,
            execution -> execution.executionConfig(c -> c.formatAssertionsEnabled(true)))
        .stream()
        .map(Error::getMessage)
        .toList();
  }

  /** The schema itself. */
  public static JsonNode schema(String name) {
    return json(read(DOCS.resolve("schemas").resolve(name + ".json")));
  }

  /** The examples below {@code docs/examples}, by file name without its end. */
  public static Map<String, String> examples(String directory) {
    Map<String, String> examples = new HashMap<>();
    for (Path file : list(DOCS.resolve("examples").resolve(directory))) {
      examples.put(String.valueOf(file.getFileName()).replace(".json", ""), read(file));
    }
    return examples;
  }

  public static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> files() {
    Path root = DOCS.resolve("schemas");
    Map<String, String> files = new HashMap<>();
    for (Path file : list(root)) {
      files.put(BASE + root.relativize(file), read(file));
    }
    return files;
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
