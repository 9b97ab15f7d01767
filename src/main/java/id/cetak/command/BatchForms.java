package id.cetak.command;

import id.cetak.command.Command.CloneOptions;
import id.cetak.command.Command.OnFailure;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@code clone-batch} and {@code delete} may say; the JSON Schemas say the same. */
final class BatchForms {
  /** As many clones as one command can ask for. */
  static final int MOST_CLONES = 10_000;

  private static final int LARGEST_FIRST = 1_000_000;

  private static final List<String> CLONE_BATCH =
      List.of(
          "command",
          "id",
          "template",
          "count",
          "names",
          "nameList",
          "first",
          "hostname",
          "onFailure",
          "ips",
          "version",
          "disk",
          "start",
          "cpus",
          "memoryMiB",
          "diskGiB",
          "network",
          "cloudInit",
          "deadline",
          "labels",
          "sshHostKeys",
          "verify",
          CommandForms.DRY_RUN);

  private static final List<String> DELETE = List.of("command", "id", "name", "batch");

  private BatchForms() {}

  static Command cloneBatch(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("clone-batch", CLONE_BATCH);
    BatchNames names = names(fields);
    String range = fields.optionalText("ips", AddressRange::isLegal, AddressRange.RULE);
    AddressRange ips = range == null ? null : new AddressRange(range);
    if (ips != null && ips.size() < names.count()) {
      throw new Objection(
          "The field 'ips' holds %d addresses for %d clones. Give a longer range."
              .formatted(ips.size(), names.count()),
          "ips");
    }
    CloneOptions options = CommandForms.options(fields);
    placeholders("cloudInit.userData", options.cloudInit().userData(), ips);
    placeholders("cloudInit.networkConfig", options.cloudInit().networkConfig(), ips);
    return new Command.CloneBatch(
        id,
        fields.name("template"),
        names,
        fields.word("onFailure", OnFailure.CONTINUE),
        ips,
        options);
  }

  private static BatchNames names(Fields fields) throws Objection {
    int first = fields.wholeNumber("first", 0, LARGEST_FIRST, 1);
    String hostnames = fields.optionalText("hostname", BatchNames::isPattern, BatchNames.RULE);
    BatchNames names =
        fields.has("nameList")
            ? listed(fields, first, hostnames)
            : counted(fields, first, hostnames);
    if (names.pattern() != null) {
      legal("names", names.pattern(), names);
    }
    if (hostnames != null) {
      legal("hostname", hostnames, names);
    }
    return names;
  }

  private static BatchNames counted(Fields fields, int first, @Nullable String hostnames)
      throws Objection {
    String pattern = fields.text("names", BatchNames::isPattern, BatchNames.RULE);
    Integer count = fields.wholeNumber("count", 1, MOST_CLONES);
    if (count == null) {
      throw new Objection(
          "The field 'count' is missing. Say how many clones, or give their names in 'nameList'.",
          "count");
    }
    return new BatchNames(pattern, List.of(), hostnames, first, count);
  }

  private static BatchNames listed(Fields fields, int first, @Nullable String hostnames)
      throws Objection {
    if (fields.has("names") || fields.has("count")) {
      throw new Objection(
          "The field 'nameList' stands beside 'names' or 'count'. Give the list, or a pattern with"
              + " a count.",
          "nameList");
    }
    List<Name> list =
        fields.texts("nameList", MOST_CLONES, BatchForms::isName, "must be a clone's name").stream()
            .map(Name::new)
            .toList();
    if (list.isEmpty()) {
      throw new Objection("The field 'nameList' is empty. Name at least one clone.", "nameList");
    }
    Set<Name> seen = new HashSet<>();
    for (Name name : list) {
      if (!seen.add(name)) {
        throw new Objection(
            "The field 'nameList' holds '%s' twice. Name each clone once.".formatted(name),
            "nameList");
      }
    }
    return new BatchNames(null, list, hostnames, first, list.size());
  }

  // Only the digits differ between the names: what holds for the shortest and the longest holds for
  // all.
  private static void legal(String field, String pattern, BatchNames names) throws Objection {
    for (int index : List.of(names.first(), names.last())) {
      try {
        BatchNames.filled(pattern, index);
      } catch (IllegalArgumentException e) {
        throw new Objection(
            "The field '%s' gives number %d no name: a name %s."
                .formatted(field, index, e.getMessage()),
            field);
      }
    }
  }

  private static boolean isName(String text) {
    try {
      return new Name(text).value().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static void placeholders(String field, @Nullable String text, @Nullable AddressRange ips)
      throws Objection {
    if (text == null) {
      return;
    }
    Placeholders.Unknown unknown = Placeholders.unknown(text).orElse(null);
    if (unknown != null) {
      throw new Objection(
          "The field '%s' has in line %d double braces that a batch does not fill.%s It fills {{%s}}; write cloud-init's own templates with spaces inside the braces."
              .formatted(
                  field,
                  unknown.line(),
                  unknown.meant().map(" Did you mean {{%s}}?"::formatted).orElse(""),
                  String.join("}}, {{", Placeholders.WORDS)),
          field);
    }
    if (Placeholders.uses(text, "ip") && ips == null) {
      throw new Objection(
          "The field '%s' leaves {{ip}} open, but there is no range. Give one in 'ips'."
              .formatted(field),
          field);
    }
  }

  static Command delete(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("delete", DELETE);
    if (fields.has("name") == fields.has("batch")) {
      throw new Objection(
          "A delete names one thing. Give a clone's 'name', or the command id of a 'batch'.",
          fields.has("name") ? "batch" : "name");
    }
    if (fields.has("name")) {
      return new Command.Delete(id, fields.name("name"));
    }
    return new Command.DeleteBatch(
        id, new CommandId(fields.text("batch", CommandId::isLegal, CommandId.RULE)));
  }
}
