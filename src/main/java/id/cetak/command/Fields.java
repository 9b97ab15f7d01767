package id.cetak.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, read by name, type and bound. A null is never taken for an absent
 * field: it is refused, so that a caller's own forgotten value is not read as Cetak's default.
 */
final class Fields {
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})");

  private final ObjectNode node;
  private final String prefix;

  Fields(ObjectNode node) {
    this(node, "");
  }

  private Fields(ObjectNode node, String prefix) {
    this.node = node;
    this.prefix = prefix;
  }

  /** Refuses every field that is not listed, so that a typing error is never ignored. */
  void allowOnly(String owner, Collection<String> known) throws Objection {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String name = field.getKey();
      if (!known.contains(name)) {
        String hint =
            CallersText.meant(name, known)
                .map(meant -> " Did you mean '%s'?".formatted(meant))
                .orElseGet(() -> " It knows " + String.join(", ", known) + ".");
        throw new Objection(
            "The field %s is not known to %s.%s"
                .formatted(CallersText.quoted(prefix + name), owner, hint),
            CallersText.shown(prefix + name));
      }
    }
  }

  String text(String name) throws Objection {
    return text(name, text -> true, "");
  }

  /** A text that follows a rule. */
  String text(String name, Predicate<String> rule, String must) throws Objection {
    String text = optionalText(name, rule, must);
    if (text == null) {
      throw new Objection("The field '%s' is missing.".formatted(prefix + name), prefix + name);
    }
    return text;
  }

  @Nullable String optionalText(String name) throws Objection {
    JsonNode value = node.get(name);
    return value == null ? null : textOf(value, name);
  }

  /** A text that follows a rule; null when it is absent. */
  @Nullable String optionalText(String name, Predicate<String> rule, String must) throws Objection {
    String text = optionalText(name);
    if (text != null && !rule.test(text)) {
      throw broken(name, text, must);
    }
    return text;
  }

  Name name(String field) throws Objection {
    return asName(field, text(field));
  }

  Name name(String field, Name otherwise) throws Objection {
    String text = optionalText(field);
    return text == null ? otherwise : asName(field, text);
  }

  private Name asName(String field, String text) throws Objection {
    try {
      return new Name(text);
    } catch (IllegalArgumentException e) {
      throw broken(field, text, String.valueOf(e.getMessage()));
    }
  }

  boolean flag(String name) throws Objection {
    JsonNode value = node.get(name);
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw wrongType(name, "true or false", value);
    }
    return value.booleanValue();
  }

  @Nullable Integer wholeNumber(String name, int least, int most) throws Objection {
    JsonNode value = node.get(name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber()) {
      throw wrongType(name, "a whole number", value);
    }
    if (!value.canConvertToInt() || value.intValue() < least || value.intValue() > most) {
      throw broken(
          name, value.asText(), "must be a whole number from %d to %d".formatted(least, most));
    }
    return value.intValue();
  }

  int wholeNumber(String name, int least, int most, int otherwise) throws Objection {
    Integer number = wholeNumber(name, least, most);
    return number == null ? otherwise : number;
  }

  boolean has(String name) {
    return node.has(name);
  }

  /** A word of a closed list, in lower case on the wire. */
  <E extends Enum<E>> E word(String name, E otherwise) throws Objection {
    String text = optionalText(name);
    if (text == null) {
      return otherwise;
    }
    List<String> words = new ArrayList<>();
    for (E constant : otherwise.getDeclaringClass().getEnumConstants()) {
      String word = constant.name().toLowerCase(Locale.ROOT);
      if (word.equals(text)) {
        return constant;
      }
      words.add("'" + word + "'");
    }
    throw broken(name, text, "must be " + String.join(" or ", words));
  }

  @Nullable Instant moment(String name) throws Objection {
    String must = "must be an RFC 3339 timestamp with its offset, such as 2027-01-31T18:00:00Z";
    String text = optionalText(name);
    if (text == null) {
      return null;
    }
    String upper = text.toUpperCase(Locale.ROOT);
    if (!RFC_3339.matcher(upper).matches()) {
      throw broken(name, text, must);
    }
    try {
      return OffsetDateTime.parse(upper).toInstant();
    } catch (DateTimeException e) {
      throw broken(name, text, must + ", and a moment that exists");
    }
  }

  List<String> texts(String name, int most, Predicate<String> rule, String must) throws Objection {
    JsonNode value = node.get(name);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrongType(name, "a list of texts", value);
    }
    if (value.size() > most) {
      throw tooMany(name, value.size(), most);
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      String element = name + "[" + i + "]";
      String text = textOf(value.path(i), element);
      if (!rule.test(text)) {
        throw broken(element, text, must);
      }
      texts.add(text);
    }
    return List.copyOf(texts);
  }

  /** The object below this field; an empty one when it is absent. */
  Fields object(String name) throws Objection {
    JsonNode value = node.get(name);
    if (value == null) {
      return new Fields(node.objectNode(), prefix + name + ".");
    }
    if (!(value instanceof ObjectNode object)) {
      throw wrongType(name, "an object", value);
    }
    return new Fields(object, prefix + name + ".");
  }

  /** All fields of this object as texts; each key is a {@link Name}. */
  Map<String, String> named(int most, Predicate<String> rule, String must) throws Objection {
    if (node.size() > most) {
      throw tooMany("", node.size(), most);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String key = asName(field.getKey());
      String text = textOf(field.getValue(), key);
      if (!rule.test(text)) {
        throw broken(key, text, must);
      }
      texts.put(key, text);
    }
    return texts;
  }

  private String asName(String key) throws Objection {
    try {
      return new Name(key).value();
    } catch (IllegalArgumentException e) {
      throw new Objection(
          "The key %s %s.".formatted(CallersText.quoted(prefix + key), e.getMessage()),
          CallersText.shown(prefix + key));
    }
  }

  private String textOf(JsonNode value, String name) throws Objection {
    if (!value.isTextual()) {
      throw wrongType(name, "a text", value);
    }
    return value.textValue();
  }

  private Objection tooMany(String name, int size, int most) {
    String path = (prefix + name).replaceAll("\\.$", "");
    return new Objection(
        "The field '%s' has %d entries, more than the %d it may have.".formatted(path, size, most),
        path);
  }

  private Objection wrongType(String name, String wanted, JsonNode value) {
    String advice = value.isNull() ? "; leave the field out instead" : "";
    return new Objection(
        "The field %s must be %s, but is %s%s."
            .formatted(CallersText.quoted(prefix + name), wanted, kind(value), advice),
        CallersText.shown(prefix + name));
  }

  private Objection broken(String name, String value, String must) {
    return new Objection(
        "The field %s %s, but is %s."
            .formatted(CallersText.quoted(prefix + name), must, CallersText.quoted(value)),
        CallersText.shown(prefix + name));
  }

  /** What a JSON value is, in the words of a sentence. */
  static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> "a list";
      case STRING -> "a text";
      case BOOLEAN -> value.booleanValue() ? "true" : "false";
      case NUMBER -> value.isIntegralNumber() ? "a number" : "a number with a fraction or exponent";
      default -> "null";
    };
  }
}
