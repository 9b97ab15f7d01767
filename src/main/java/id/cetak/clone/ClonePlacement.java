package id.cetak.clone;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.Name;
import id.cetak.job.Placement;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;

/** What is asked of a clone belongs where the clone is. */
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
    return name(command).map(name -> name);
  }

  @Override
  public String hostFor(Command command, Set<String> tried) {
    return name(command)
        .flatMap(name -> entries.named(name.value()))
        .map(CloneEntries.Entry::host)
        .orElse(host);
  }

  private static Optional<Name> name(Command command) {
    if (command instanceof Command.Delete delete) {
      return Optional.of(delete.name());
    }
    if (command instanceof Command.Flatten flatten) {
      return Optional.of(flatten.name());
    }
    return command instanceof Command.Verify verify ? Optional.of(verify.name()) : Optional.empty();
  }
}
