package id.cetak.job;

import id.cetak.command.Command;
import java.util.Optional;
import java.util.Set;

/** Says which host can serve a command that any worker may take; each feature has its own. */
public interface Placement {
  /**
   * What the answer depends on: commands that need the same are served by the same host. Empty for
   * a command that this one knows nothing of.
   */
  Optional<Object> need(Command command);

  /**
   * Chooses the host.
   *
   * @param tried hosts that have handed the command on already
   * @return this host's own name when it can serve the command, or when no other host is better
   */
  String hostFor(Command command, Set<String> tried);
}
