package id.cetak.command;

import id.cetak.failure.VisibleText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of the commands about a version's later life, each with its rule. */
final class VersionForms {
  private static final List<String> VERSION = List.of("command", "id", "template", "version");
  private static final List<String> RECALL =
      List.of("command", "id", "template", "version", "reason");
  private static final List<String> FLATTEN = List.of("command", "id", "name");
  private static final int LONGEST_REASON = 500;

  private VersionForms() {}

  static Command promote(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("promote", VERSION);
    return new Command.Promote(id, fields.name("template"), version(fields));
  }

  static Command recall(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("recall", RECALL);
    return new Command.Recall(id, fields.name("template"), version(fields), reason(fields));
  }

  static Command retire(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("retire", VERSION);
    return new Command.Retire(id, fields.name("template"), version(fields));
  }

  static Command flatten(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("flatten", FLATTEN);
    return new Command.Flatten(id, fields.name("name"));
  }

  private static int version(Fields fields) throws Objection {
    Integer version = fields.wholeNumber("version", 1, Integer.MAX_VALUE);
    if (version == null) {
      throw new Objection(
          "The field 'version' is missing. Say which version of the template is meant.", "version");
    }
    return version;
  }

  private static @Nullable String reason(Fields fields) throws Objection {
    return fields.optionalText(
        "reason", VersionForms::isReason, "must be 1 to 500 visible characters");
  }

  private static boolean isReason(String text) {
    int length = text.codePointCount(0, text.length());
    return length >= 1
        && length <= LONGEST_REASON
        && text.codePoints().allMatch(VisibleText::isVisible);
  }
}
