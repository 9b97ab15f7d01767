package id.cetak.command;

import java.util.List;
import java.util.regex.Pattern;

/** What {@code import} may say; the JSON Schema says the same. */
final class ImportForm {
  private static final List<String> FIELDS =
      List.of(
          "command",
          "id",
          "template",
          "image",
          "sha256",
          "cpus",
          "memoryMiB",
          "network",
          CommandForms.DRY_RUN);

  private static final Pattern IMAGE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private ImportForm() {}

  static Command read(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("import", FIELDS);
    Integer cpus = fields.wholeNumber("cpus", 1, 512);
    Integer memoryMiB = fields.wholeNumber("memoryMiB", 16, 16_777_216);
    return new Import(
        id,
        fields.name("template"),
        fields.text(
            "image",
            text -> IMAGE.matcher(text).matches(),
            "must be a file's name in the import folder, not a path: 1 to 128 characters of A-Z a-z 0-9 . _ - that begin with a letter or digit"),
        fields.optionalText(
            "sha256",
            text -> SHA256.matcher(text).matches(),
            "must be a SHA-256: 64 digits of 0-9 a-f"),
        cpus == null ? 1 : cpus,
        memoryMiB == null ? 1024 : memoryMiB,
        CommandForms.network(fields));
  }
}
