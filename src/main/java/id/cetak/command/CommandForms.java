package id.cetak.command;

import id.cetak.command.Command.CloneOptions;
import id.cetak.command.Command.CloudInit;
import id.cetak.command.Command.Disk;
import id.cetak.command.Command.HostKeys;
import id.cetak.command.Command.Source;
import id.cetak.failure.VisibleText;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What each command may say, field by field and bound by bound; the JSON Schemas say the same. */
final class CommandForms {
  /** A command that says so is looked at, and not done. */
  static final String DRY_RUN = "dryRun";

  private static final List<String> SYSPREP =
      List.of(
          "command",
          "id",
          "domain",
          "template",
          "source",
          "shutdown",
          "keepSshAuthorizedKeys",
          "removePaths",
          DRY_RUN);
  private static final List<String> CLONE =
      List.of(
          "command",
          "id",
          "template",
          "name",
          "version",
          "disk",
          "start",
          "cpus",
          "memoryMiB",
          "diskGiB",
          "network",
          "hostname",
          "cloudInit",
          "deadline",
          "labels",
          "sshHostKeys",
          "verify",
          DRY_RUN);
  private static final List<String> VERIFY = List.of("command", "id", "name");
  private static final List<String> DRILL = List.of("command", "id", "template", "version");
  private static final List<String> CANCEL = List.of("command", "id", "target", "clones");
  private static final List<String> CLOUD_INIT = List.of("userData", "networkConfig");

  private static final Pattern NETWORK = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,62}");
  private static final Pattern GUEST_PATH = Pattern.compile("/[A-Za-z0-9._@+/-]{1,4095}");

  /** What a cancel may say of a batch's finished clones. */
  private enum Finished {
    KEEP,
    REMOVE
  }

  private CommandForms() {}

  static Command sysprep(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("sysprep", SYSPREP);
    return new Command.Sysprep(
        id,
        fields.text(
            "domain",
            CommandForms::isDomain,
            "must be a libvirt domain's name: 1 to 255 visible characters, no slash, no hyphen in"
                + " front, not . or .."),
        fields.name("template"),
        fields.word("source", Source.CONSUME),
        fields.flag("shutdown"),
        fields.flag("keepSshAuthorizedKeys"),
        fields.texts(
            "removePaths",
            100,
            CommandForms::isGuestPath,
            "must be an absolute path in the guest of letters, digits and . _ - / @ +, without"
                + " '..', at most 4096 long"));
  }

  static Command clone(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("clone", CLONE);
    Name name = fields.name("name");
    CloneOptions options = options(fields);
    return new Command.Clone(
        id,
        fields.name("template"),
        name,
        options.version(),
        options.disk(),
        options.start(),
        options.cpus(),
        options.memoryMiB(),
        options.diskGiB(),
        options.network(),
        fields.name("hostname", name),
        options.cloudInit(),
        options.deadline(),
        options.labels(),
        options.mintHostKeys(),
        options.verify(),
        null);
  }

  /** What {@code clone} and {@code clone-batch} have in common. */
  static CloneOptions options(Fields fields) throws Objection {
    Fields cloudInit = fields.object("cloudInit");
    cloudInit.allowOnly("cloudInit", CLOUD_INIT);
    if (fields.flag("verify") && !fields.flag("start")) {
      throw new Objection(
          "The field 'verify' asks a guest that is not started. Add 'start': true, or leave it"
              + " out.",
          "verify");
    }
    return new CloneOptions(
        fields.wholeNumber("version", 1, Integer.MAX_VALUE),
        fields.word("disk", Disk.LINKED),
        fields.flag("start"),
        fields.wholeNumber("cpus", 1, 512),
        fields.wholeNumber("memoryMiB", 16, 16_777_216),
        fields.wholeNumber("diskGiB", 1, 65_536),
        network(fields),
        new CloudInit(file(cloudInit, "userData"), file(cloudInit, "networkConfig")),
        fields.moment("deadline"),
        fields
            .object("labels")
            .named(64, CommandForms::isLabel, "must be at most 255 visible characters"),
        fields.word("sshHostKeys", HostKeys.GUEST) == HostKeys.MINTED,
        fields.flag("verify"));
  }

  static Command verify(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("verify", VERIFY);
    return new Command.Verify(id, fields.name("name"));
  }

  /** A libvirt network's name; null when none is given. */
  static @Nullable String network(Fields fields) throws Objection {
    return fields.optionalText(
        "network",
        text -> NETWORK.matcher(text).matches(),
        "must be 1 to 63 characters of A-Z a-z 0-9 . _ - and begin with none of . -");
  }

  static Command cancel(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("cancel", CANCEL);
    CommandId target = new CommandId(fields.text("target", CommandId::isLegal, CommandId.RULE));
    if (target.equals(id)) {
      throw new Objection(
          "The field 'target' names the cancel command itself. Give the cancel an id of its own.",
          "target");
    }
    return new Command.Cancel(id, target, fields.word("clones", Finished.KEEP) == Finished.REMOVE);
  }

  static Command drill(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("drill", DRILL);
    if (fields.has("version") && !fields.has("template")) {
      throw new Objection(
          "The field 'version' stands without 'template'. Name the template that the version is"
              + " of.",
          "template");
    }
    return new Drill(
        id,
        fields.has("template") ? fields.name("template") : null,
        fields.wholeNumber("version", 1, Integer.MAX_VALUE));
  }

  private static @Nullable String file(Fields cloudInit, String field) throws Objection {
    return cloudInit.optionalText(
        field, text -> !text.isEmpty(), "must not be empty (leave it out for Cetak's own)");
  }

  private static boolean isDomain(String text) {
    return lengthIsWithin(text, 1, 255)
        && text.codePoints().allMatch(c -> c != '/' && VisibleText.isVisible(c))
        && !text.startsWith("-")
        && !text.equals(".")
        && !text.equals("..");
  }

  private static boolean isGuestPath(String text) {
    if (!GUEST_PATH.matcher(text).matches() || text.contains("..") || text.endsWith("/")) {
      return false;
    }
    for (String part : text.substring(1).split("/", -1)) {
      if (part.isEmpty() || part.equals(".")) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLabel(String text) {
    return lengthIsWithin(text, 0, 255) && text.codePoints().allMatch(VisibleText::isVisible);
  }

  private static boolean lengthIsWithin(String text, int least, int most) {
    int length = text.codePointCount(0, text.length());
    return length >= least && length <= most;
  }
}
