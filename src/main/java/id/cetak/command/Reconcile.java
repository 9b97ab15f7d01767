package id.cetak.command;

/**
 * Compare what the hosts have with what the database says of them.
 *
 * @param repair mend what can be mended without a doubt
 */
public record Reconcile(CommandId id, boolean repair) implements Command {
  @Override
  public String subject() {
    return "fleet";
  }
}
