package id.cetak.producer;

import id.cetak.command.Command;
import id.cetak.command.CommandId;
import id.cetak.command.Drill;
import id.cetak.command.DryRun;
import id.cetak.command.Name;
import org.jspecify.annotations.Nullable;

/**
 * What a command is about, as far as it matters who may ask for it.
 *
 * @param template the template that it reads or changes; null when it names none
 * @param vm the VM, a clone perhaps, that it changes or asks
 * @param target the other command that it is about
 * @param fleet whether it is about everything on its hosts
 * @param clones how many clones it asks for
 */
public record Reach(
    @Nullable Name template,
    @Nullable Name vm,
    @Nullable CommandId target,
    boolean fleet,
    int clones) {
  private static final Reach FLEET = new Reach(null, null, null, true, 0);

  /** What this command is about. */
  public static Reach of(Command command) {
    return switch (command.type()) {
      case CLONE -> new Reach(((Command.Clone) command).template(), null, null, false, 1);
      case CLONE_BATCH -> batch((Command.CloneBatch) command);
      case SYSPREP -> seal((Command.Sysprep) command);
      case IMPORT, PROMOTE, RECALL, RETIRE -> ofTemplate(new Name(command.subject()));
      case DELETE, VERIFY, FLATTEN -> new Reach(null, new Name(command.subject()), null, false, 0);
      case DELETE_BATCH, CANCEL ->
          new Reach(null, null, new CommandId(command.subject()), false, 0);
      case DRILL -> {
        Name template = ((Drill) command).template();
        yield template == null ? FLEET : ofTemplate(template);
      }
      case PREFLIGHT -> of(((DryRun) command).of()).withoutClones();
      case AUDIT, AUDIT_HOST, RECONCILE, RECONCILE_HOST, DRILL_PART -> FLEET;
    };
  }

  private static Reach batch(Command.CloneBatch command) {
    return new Reach(command.template(), null, null, false, command.names().count());
  }

  /** The VM that is sealed may be somebody's clone. */
  private static Reach seal(Command.Sysprep command) {
    Name vm = Name.isLegal(command.domain()) ? new Name(command.domain()) : null;
    return new Reach(command.template(), vm, null, false, 0);
  }

  private static Reach ofTemplate(Name template) {
    return new Reach(template, null, null, false, 0);
  }

  private Reach withoutClones() {
    return new Reach(template, vm, target, fleet, 0);
  }
}
