package id.cetak.job;

import id.cetak.command.Command;
import id.cetak.command.CommandRefused;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;

/** The one transaction in which a group of messages gets its outcomes: all of them, or none. */
@ApplicationScoped
class Acceptance {
  private static final Logger LOG = Logger.getLogger(Acceptance.class);

  private final IntakeStore store;
  private final DeadLetters deadLetters;
  private final HandOver handOver;

  Acceptance(IntakeStore store, DeadLetters deadLetters, HandOver handOver) {
    this.store = store;
    this.deadLetters = deadLetters;
    this.handOver = handOver;
  }

  /**
   * What the engine must hear of after the commit.
   *
   * @param queued jobs that now wait to be run
   * @param stopped the living job that a cancel was for
   */
  record Outcome(int queued, Optional<UUID> stopped) {}

  /** A cancel comes by itself, since it touches the rows of other jobs. */
  @Transactional(rollbackOn = Exception.class)
  Outcome accept(List<Arrival> group) {
    List<IntakeStore.Request> requests = new ArrayList<>();
    for (Arrival arrival : group) {
      CommandRefused refused = arrival.refused();
      if (refused == null) {
        requests.add(arrival.request());
      } else {
        refuse(arrival.delivery(), refused);
      }
    }
    if (requests.size() == 1 && requests.get(0).command() instanceof Command.Cancel cancel) {
      return cancel(requests.get(0), cancel);
    }
    Set<IntakeStore.Request> handedOn = handOver.toBetterHosts(requests);
    if (!handedOn.isEmpty()) {
      requests.removeAll(handedOn);
    }
    IntakeStore.Accepted accepted = store.accept(requests);
    accepted.refused().forEach((request, refused) -> refuse(request.delivery(), refused));
    return new Outcome(accepted.queued(), Optional.empty());
  }

  private Outcome cancel(IntakeStore.Request request, Command.Cancel cancel) {
    IntakeStore.Cancelled cancelled = store.cancel(request, cancel);
    cancelled.refused().ifPresent(refused -> refuse(request.delivery(), refused));
    return new Outcome(0, cancelled.stopped());
  }

  private void refuse(Delivery delivery, CommandRefused refused) {
    LOG.infof("Command refused: %s", refused.reason());
    deadLetters.add(delivery, refused);
  }
}
