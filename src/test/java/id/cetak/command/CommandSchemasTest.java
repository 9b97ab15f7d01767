package id.cetak.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import id.cetak.command.BadMessages.Bad;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The published schemas and the reader say the same. */
class CommandSchemasTest {
  /** What JSON Schema cannot say, or does not see: each is said in words there. */
  private static final List<String> BEYOND_A_SCHEMA =
      List.of(
          "is there twice",
          "names the cancel command itself",
          "half of a surrogate pair",
          "neither a field 'id'",
          "its AMQP message_id");

  private final CommandReader reader = new CommandReader(262_144);
  private final PublishedSchemas schemas = new PublishedSchemas();

  @TestFactory
  Stream<DynamicTest> every_example_is_valid_and_readable() {
    return PublishedSchemas.examples("commands").entrySet().stream()
        .map(
            example ->
                DynamicTest.dynamicTest(
                    example.getKey(),
                    () -> {
                      assertThat(
                              schemas.complaints(schemaOf(example.getValue()), example.getValue()))
                          .isEmpty();
                      assertThatCode(() -> read(example.getValue())).doesNotThrowAnyException();
                    }));
  }

  @TestFactory
  Stream<DynamicTest> what_the_reader_refuses_is_invalid_by_the_schema_too() {
    return BadMessages.all().stream()
        .filter(CommandSchemasTest::isForASchema)
        .map(
            bad ->
                DynamicTest.dynamicTest(
                    bad.text().substring(0, Math.min(80, bad.text().length())),
                    () ->
                        assertThat(schemas.complaints(schemaOf(bad.text()), bad.text()))
                            .isNotEmpty()));
  }

  @Test
  void each_command_knows_the_fields_of_its_schema_and_no_other() {
    for (CommandType type : CommandType.asked()) {
      ObjectNode full = fullExample(type);
      Set<String> fields = new HashSet<>();
      schema(type).get("properties").fieldNames().forEachRemaining(fields::add);
      Set<String> shown = new HashSet<>();
      examplesOf(type).forEach(example -> example.fieldNames().forEachRemaining(shown::add));
      assertThat(shown).as("the examples of %s", type).isEqualTo(fields);
      assertThatThrownBy(() -> read(full.deepCopy().put("zz", 1).toString()))
          .isInstanceOfSatisfying(
              CommandRefused.class,
              refused -> {
                String known = refused.reason().replaceAll(".*It knows (.*)\\.", "$1");
                assertThat(known.split(", ", -1)).containsExactlyInAnyOrderElementsOf(fields);
              });
    }
  }

  @Test
  void each_command_requires_what_its_schema_requires() {
    for (CommandType type : CommandType.asked()) {
      for (ObjectNode example : examplesOf(type)) {
        for (Map.Entry<String, JsonNode> field : example.properties()) {
          ObjectNode without = example.deepCopy();
          without.remove(field.getKey());
          // The id may come from the message; a range may go only when nothing counts through it.
          boolean required =
              field.getKey().equals("id")
                  || field.getKey().equals("ips")
                  || !schemas.complaints("commands/" + type.word(), without.toString()).isEmpty();
          assertThat(isReadable(without.toString()))
              .as("%s without %s", type, field.getKey())
              .isEqualTo(!required);
        }
      }
    }
  }

  @Test
  void each_bound_of_a_number_is_the_same() {
    for (CommandType type : CommandType.asked()) {
      for (Map.Entry<String, JsonNode> field : schema(type).get("properties").properties()) {
        JsonNode rule = field.getValue();
        if (rule.has("$ref") && rule.get("$ref").textValue().endsWith("/version")) {
          rule = PublishedSchemas.schema("common").at("/$defs/version");
        }
        if (!rule.path("type").asText().equals("integer")) {
          continue;
        }
        long least = rule.get("minimum").longValue();
        long most = rule.get("maximum").longValue();
        for (long value : List.of(least - 1, least, most, most + 1)) {
          assertThat(isReadable(fullExample(type).put(field.getKey(), value).toString()))
              .as("%s %s = %d", type, field.getKey(), value)
              .isEqualTo(value >= least && value <= most);
        }
      }
    }
  }

  @Test
  void each_closed_list_of_words_is_the_same() {
    List<String> seen = new ArrayList<>();
    for (CommandType type : CommandType.asked()) {
      for (Map.Entry<String, JsonNode> field : schema(type).get("properties").properties()) {
        for (JsonNode word : field.getValue().path("enum")) {
          assertThat(isReadable(fullExample(type).put(field.getKey(), word.textValue()).toString()))
              .isTrue();
          seen.add(word.textValue());
        }
      }
    }
    List<String> words = new ArrayList<>();
    for (Enum<?>[] all :
        List.of(
            Command.Source.values(),
            Command.Disk.values(),
            Command.Disk.values(),
            Command.OnFailure.values(),
            Command.HostKeys.values(),
            Command.HostKeys.values())) {
      for (Enum<?> constant : all) {
        words.add(constant.name().toLowerCase(Locale.ROOT));
      }
    }
    words.addAll(List.of("keep", "remove"));
    assertThat(seen).containsExactlyInAnyOrderElementsOf(words);
  }

  private static boolean isForASchema(Bad bad) {
    // An integer by JSON Schema, and a number that its validator may not live to see.
    boolean isOddNumber = bad.text().contains(":2.0") || bad.text().contains("1e999999999");
    return bad.field() != null
        && !isOddNumber
        && BEYOND_A_SCHEMA.stream().noneMatch(bad.words()::contains)
        && CommandType.asked().stream()
            .anyMatch(type -> bad.text().contains("\"command\":\"" + type.word() + "\""));
  }

  private static String schemaOf(String body) {
    for (CommandType type : CommandType.asked()) {
      if (body.replace(" ", "").contains("\"command\":\"" + type.word() + "\"")) {
        return "commands/" + type.word();
      }
    }
    throw new AssertionError(body);
  }

  private static JsonNode schema(CommandType type) {
    return PublishedSchemas.schema("commands/" + type.word());
  }

  private static List<ObjectNode> examplesOf(CommandType type) {
    return PublishedSchemas.examples("commands").values().stream()
        .map(text -> (ObjectNode) PublishedSchemas.json(text))
        .filter(example -> example.get("command").textValue().equals(type.word()))
        .toList();
  }

  private static ObjectNode fullExample(CommandType type) {
    Map<String, String> examples = PublishedSchemas.examples("commands");
    String name = type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    // A host's part of a command has none of its own: no caller sends it.
    String text =
        Stream.of(name + "-full", name, type.word() + "-full", type.word())
            .filter(examples::containsKey)
            .findFirst()
            .map(examples::get)
            .orElseThrow();
    return (ObjectNode) PublishedSchemas.json(String.valueOf(text));
  }

  private boolean isReadable(String body) {
    try {
      read(body);
      return true;
    } catch (CommandRefused refused) {
      return false;
    }
  }

  private Command read(String body) throws CommandRefused {
    return reader.read(body.getBytes(UTF_8), null);
  }
}
