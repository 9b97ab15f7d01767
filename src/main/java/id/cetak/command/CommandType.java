package id.cetak.command;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The commands that this build serves; stored with each job, never renamed. */
public enum CommandType {
  SYSPREP("sysprep", Command.Sysprep.class),
  IMPORT("import", Import.class),
  CLONE("clone", Command.Clone.class),
  CLONE_BATCH("clone-batch", Command.CloneBatch.class),
  DELETE("delete", Command.Delete.class),
  /** A {@code delete} that names a batch. */
  DELETE_BATCH("delete", Command.DeleteBatch.class),
  VERIFY("verify", Command.Verify.class),
  AUDIT("audit", Command.Audit.class),
  /** A host's part of an {@code audit}. */
  AUDIT_HOST("audit", Command.AuditHost.class),
  RECONCILE("reconcile", Reconcile.class),
  /** A host's part of a {@code reconcile}. */
  RECONCILE_HOST("reconcile", ReconcileHost.class),
  PROMOTE("promote", Command.Promote.class),
  RECALL("recall", Command.Recall.class),
  RETIRE("retire", Command.Retire.class),
  FLATTEN("flatten", Command.Flatten.class),
  CANCEL("cancel", Command.Cancel.class),
  DRILL("drill", Drill.class),
  /** Made by Cetak itself, one for each host. */
  DRILL_PART("drill", DrillPart.class),
  /** Any command that says {@code dryRun: true}; its word is in no message. */
  PREFLIGHT("preflight", DryRun.class);

  private static final Set<CommandType> INNER =
      EnumSet.of(AUDIT_HOST, RECONCILE_HOST, DRILL_PART, PREFLIGHT);

  private final String word;
  private final Class<? extends Command> content;
  private final String label = name().toLowerCase(Locale.ROOT).replace('_', '-');

  CommandType(String word, Class<? extends Command> content) {
    this.word = word;
    this.content = content;
  }

  static CommandType of(Command command) {
    return Arrays.stream(values())
        .filter(type -> type.content.equals(command.getClass()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no type for " + command.getClass()));
  }

  /** The types that a message asks for by their word. */
  public static List<CommandType> asked() {
    return Arrays.stream(values()).filter(type -> !INNER.contains(type)).toList();
  }

  /** The value of the message's field {@code command}; two types share one. */
  public String word() {
    return word;
  }

  /** Its own name, in the form of {@link #word}; no two types share one. */
  public String label() {
    return label;
  }

  /** The record that a stored command of this type is read back into. */
  public Class<? extends Command> content() {
    return content;
  }
}
