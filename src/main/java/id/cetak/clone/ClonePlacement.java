package id.cetak.clone;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.job.Placement;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;

/** A deletion belongs where the clone is. */
@ApplicationScoped
class ClonePlacement implements Placement {
  private final CloneEntries entries;
  private final String host;

  ClonePlacement(CloneEntries entries, CetakConfig config) {
    this.entries = entries;
    this.host = config.host();
  }

  @Override
  public Optional<Object> need(Command command) {
    return command instanceof Command.Delete delete ? Optional.of(delete.name()) : Optional.empty();
  }

  @Override
  public String hostFor(Command command, Set<String> tried) {
    return entries
        .named(((Command.Delete) command).name().value())
        .map(CloneEntries.Entry::host)
        .orElse(host);
  }
}
