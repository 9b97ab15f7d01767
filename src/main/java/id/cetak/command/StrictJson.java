package id.cetak.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Reads one JSON object, and nothing that two readers could understand differently: UTF-8 alone, no
 * duplicate keys, nothing after the object, no half surrogate pairs, and no NUL, which PostgreSQL
 * cannot store.
 */
final class StrictJson {
  static final int MAX_DEPTH = 8;
  private static final int MAX_COMPLAINT = 200;
  private static final Pattern UNQUOTED = Pattern.compile("^Unrecognized token '[^']*'");

  /** More than is ever shown. A path is built for every value, and a name may fill the message. */
  private static final int MAX_PATH = 200;

  // Names come from strangers: they must not fill the symbol table that parsers share.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH + 1)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final JsonParser parser;

  private StrictJson(JsonParser parser) {
    this.parser = parser;
  }

  static ObjectNode read(byte[] body) throws Objection {
    try (JsonParser parser = FACTORY.createParser(decoded(body))) {
      try {
        return new StrictJson(parser).document();
      } catch (JsonProcessingException e) {
        JsonLocation at = parser.currentLocation();
        throw new Objection(
            "The body is not JSON: line %d, column %d: %s."
                .formatted(
                    at.getLineNr(),
                    at.getColumnNr(),
                    CallersText.shown(withoutTokens(e.getOriginalMessage()), MAX_COMPLAINT)),
            null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("A text in memory cannot fail to be read", e);
    }
  }

  /** A value without its quotes is quoted by the parser, and may be a secret. */
  private static String withoutTokens(String complaint) {
    return UNQUOTED.matcher(complaint).replaceFirst("A value that is no text in quotes");
  }

  private static String decoded(byte[] body) throws Objection {
    try {
      // The constructor of String replaces broken bytes in silence; a decoder reports them.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      if (text.startsWith("\uFEFF")) {
        throw new Objection(
            "The body begins with a byte order mark. Send UTF-8 without one.", null);
      }
      if (text.isBlank()) {
        throw new Objection("The body is empty. Send one JSON object.", null);
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new Objection("The body is not UTF-8. Send one JSON object in UTF-8.", null);
    }
  }

  private ObjectNode document() throws IOException, Objection {
    JsonNode value = value(parser.nextToken(), "", 1);
    if (!(value instanceof ObjectNode object)) {
      throw new Objection(
          "The body must be one JSON object, but is %s.".formatted(Fields.kind(value)), null);
    }
    JsonToken next;
    try {
      next = parser.nextToken();
    } catch (JsonProcessingException e) {
      next = JsonToken.NOT_AVAILABLE;
    }
    if (next != null) {
      throw new Objection("Something follows the JSON object. Send one command per message.", null);
    }
    return object;
  }

  private JsonNode value(JsonToken token, String path, int depth) throws IOException, Objection {
    if (depth > MAX_DEPTH) {
      throw new Objection("The body is nested deeper than %d levels.".formatted(MAX_DEPTH), null);
    }
    return switch (token) {
      case START_OBJECT -> object(path, depth);
      case START_ARRAY -> array(path, depth);
      case VALUE_STRING -> NODES.textNode(checked(parser.getText(), path));
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      case VALUE_NUMBER_INT -> NODES.numberNode(parser.getBigIntegerValue());
      // No field holds a fraction: only that it is one matters, not how big it is.
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(Double.NaN);
      default -> throw new IllegalStateException("A JSON value cannot begin with " + token);
    };
  }

  private ObjectNode object(String path, int depth) throws IOException, Objection {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = checked(parser.currentName(), path);
      String below = cut(path.isEmpty() ? name : path + "." + cut(name));
      if (object.has(name)) {
        throw new Objection(
            "The field %s is there twice. Say it once.".formatted(CallersText.quoted(below)),
            CallersText.shown(below));
      }
      object.set(name, value(parser.nextToken(), below, depth + 1));
    }
    return object;
  }

  private ArrayNode array(String path, int depth) throws IOException, Objection {
    ArrayNode array = NODES.arrayNode();
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      array.add(value(t, cut(path + "[" + array.size() + "]"), depth + 1));
    }
    return array;
  }

  private static String cut(String path) {
    return path.substring(0, Math.min(path.length(), MAX_PATH));
  }

  private static String checked(String text, String path) throws Objection {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean paired =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (c == 0 || (Character.isSurrogate(c) && !paired)) {
        throw new Objection(
            "The field %s holds the character U+%04X%s, which no command can carry. Remove it."
                .formatted(
                    CallersText.quoted(path), (int) c, c == 0 ? "" : ", half of a surrogate pair"),
            CallersText.shown(path));
      }
      if (paired) {
        i++;
      }
    }
    return text;
  }
}
