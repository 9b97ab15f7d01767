package id.cetak.command;

import java.util.List;

/** What the commands about whole hosts may say, as {@link CommandForms} does for the others. */
final class FleetForms {
  private static final List<String> AUDIT = List.of("command", "id");
  private static final List<String> RECONCILE = List.of("command", "id", "repair");

  private FleetForms() {}

  static Command audit(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("audit", AUDIT);
    return new Command.Audit(id);
  }

  static Command reconcile(Fields fields, CommandId id) throws Objection {
    fields.allowOnly("reconcile", RECONCILE);
    return new Reconcile(id, fields.flag("repair"));
  }
}
