package id.cetak.command;

import org.jspecify.annotations.Nullable;

/** One host's part of a {@link Drill}; made by Cetak alone. */
public record DrillPart(CommandId id, @Nullable Name template, @Nullable Integer version)
    implements Command {
  @Override
  public String subject() {
    return template == null ? "fleet" : template.value();
  }

  @Override
  public CommandType type() {
    return CommandType.DRILL_PART;
  }
}
