package id.cetak.command;

/** A host's part of a {@link Reconcile}; no caller can send it. */
public record ReconcileHost(CommandId id, boolean repair) implements Command {
  @Override
  public String subject() {
    return "fleet";
  }
}
