package id.cetak.command;

import org.jspecify.annotations.Nullable;

/**
 * Try each layer of the barrier of sealed versions for real: on every host, or on the one that it
 * was sent to.
 *
 * @param template null for all templates
 * @param version null for all versions of the template
 */
public record Drill(CommandId id, @Nullable Name template, @Nullable Integer version)
    implements Command {
  @Override
  public String subject() {
    return template == null ? "fleet" : template.value();
  }

  @Override
  public CommandType type() {
    return CommandType.DRILL;
  }
}
