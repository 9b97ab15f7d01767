package id.cetak.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.CommandType;
import id.cetak.command.PublishedSchemas;
import id.cetak.failure.FailureCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is published about events is true of every kind of event that there is. */
class EventSchemasTest {
  private static final Path ASYNCAPI = Path.of("docs", "asyncapi.yaml");

  private final PublishedSchemas schemas = new PublishedSchemas();

  @Test
  void every_kind_of_event_has_a_schema_and_a_valid_example() {
    Map<String, String> examples = PublishedSchemas.examples("events");
    assertThat(examples.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(EventType.values()).map(EventType::routingKey).toList());
    List<String> codes = Stream.of(FailureCode.values()).map(Enum::name).toList();
    examples.forEach(
        (key, example) -> {
          assertThat(schemas.complaints("events/" + key, example)).as(key).isEmpty();
          JsonNode code = PublishedSchemas.json(example).at("/data/code");
          if (!code.isMissingNode()) {
            assertThat(codes).contains(code.textValue());
          }
        });
  }

  @Test
  void an_event_as_it_is_written_keeps_the_schema_of_its_kind() {
    for (EventType type : EventType.values()) {
      JsonNode example =
          PublishedSchemas.json(
              String.valueOf(PublishedSchemas.examples("events").get(type.routingKey())));
      Map<String, Object> data =
          new ObjectMapper().convertValue(example.get("data"), new TypeReference<>() {});
      Event event = new Event(UUID.randomUUID(), type, example.get("subject").textValue(), data);
      String written =
          new String(
              CloudEvents.write(event, "hv1", Instant.parse("2027-01-31T18:00:00Z"), null), UTF_8);
      assertThat(schemas.complaints("events/" + type.routingKey(), written))
          .as(type.name())
          .isEmpty();
    }
  }

  @Test
  void a_full_clone_may_say_how_it_was_copied() {
    String example = String.valueOf(PublishedSchemas.examples("events").get("clone.completed"));
    String method = "\"copy\": {\"method\": \"%s\", \"bytes\": 5, \"durationMillis\": 7}, \"name\"";
    assertThat(example).contains("\"name\"");
    assertThat(
            schemas.complaints(
                "events/clone.completed", example.replace("\"name\"", method.formatted("reflink"))))
        .isEmpty();
    assertThat(
            schemas.complaints(
                "events/clone.completed", example.replace("\"name\"", method.formatted("magic"))))
        .isNotEmpty();
  }

  @Test
  void an_event_of_one_kind_is_no_event_of_another() {
    Map<String, String> examples = PublishedSchemas.examples("events");
    for (String kind : examples.keySet()) {
      for (Map.Entry<String, String> other : examples.entrySet()) {
        if (!other.getKey().equals(kind)) {
          assertThat(schemas.complaints("events/" + kind, other.getValue())).isNotEmpty();
        }
      }
    }
  }

  @Test
  void the_asyncapi_document_names_every_command_and_every_event_and_only_files_that_exist()
      throws IOException {
    String document = Files.readString(ASYNCAPI);
    Set<String> referred =
        Pattern.compile("\\$ref: '\\./([^']+)'")
            .matcher(document)
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toSet());
    List<String> wanted =
        Stream.concat(
                CommandType.asked().stream()
                    .map(type -> "schemas/commands/" + type.word())
                    .distinct(),
                Stream.of(EventType.values()).map(type -> "schemas/events/" + type.routingKey()))
            .map(name -> name + ".json")
            .toList();
    assertThat(referred).containsExactlyInAnyOrderElementsOf(wanted);
    assertThat(referred).allMatch(file -> Files.exists(ASYNCAPI.resolveSibling(file)));
  }

  @Test
  void every_reference_inside_the_asyncapi_document_leads_somewhere() throws IOException {
    String document = Files.readString(ASYNCAPI);
    Matcher inner = Pattern.compile("\\$ref: '#/[a-z/]+/(\\w+)'").matcher(document);
    assertThat(inner.results().map(found -> found.group(1)))
        .isNotEmpty()
        .allMatch(name -> Pattern.compile("(?m)^ {2,4}" + name + ":").matcher(document).find());
  }
}
