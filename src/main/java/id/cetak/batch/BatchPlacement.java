package id.cetak.batch;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.job.MemberStore;
import id.cetak.job.Placement;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;

/** The deletion of a batch belongs where the batch is: all its clones are there. */
@ApplicationScoped
class BatchPlacement implements Placement {
  private final MemberStore members;
  private final String host;

  BatchPlacement(MemberStore members, CetakConfig config) {
    this.members = members;
    this.host = config.host();
  }

  @Override
  public Optional<Object> need(Command command) {
    return command instanceof Command.DeleteBatch delete
        ? Optional.of(delete.batch())
        : Optional.empty();
  }

  @Override
  public String hostFor(Command command, Set<String> tried) {
    return members
        .find(((Command.DeleteBatch) command).batch())
        .map(MemberStore.Found::host)
        .orElse(host);
  }
}
