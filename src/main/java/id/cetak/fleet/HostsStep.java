package id.cetak.fleet;

import id.cetak.failure.FailureCode;
import id.cetak.job.FanOutStore;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides which hosts are asked. */
final class HostsStep implements Step {
  private final FanOutStore store;
  private final String host;

  HostsStep(FanOutStore store, String host) {
    this.store = store;
    this.host = host;
  }

  @Override
  public String name() {
    return "plan";
  }

  /** This host lives, whatever the table says. */
  @Override
  public FleetPlan run(Run run) {
    if (!run.wholeFleet()) {
      return new FleetPlan(List.of(host), List.of());
    }
    List<FanOutStore.Host> others =
        store.hosts().stream().filter(other -> !other.name().equals(host)).toList();
    return new FleetPlan(
        Stream.concat(
                Stream.of(host),
                others.stream().filter(FanOutStore.Host::alive).map(FanOutStore.Host::name))
            .sorted()
            .toList(),
        others.stream()
            .filter(other -> !other.alive())
            .map(other -> silent(other.name(), other.seenAt()))
            .toList());
  }

  /** Looking leaves nothing behind. */
  @Override
  public void undo(Run run) {}

  static Unread silent(String host, @Nullable Instant seenAt) {
    return new Unread(
        host,
        FailureCode.WORKER_LOST,
        "Host %s: no worker of it was heard of since %s. Start it and send the command again; when the host is gone for good, remove its row from the table host."
            .formatted(host, seenAt == null ? "it was asked" : seenAt));
  }
}
