package id.cetak.job;

import id.cetak.app.CetakConfig;
import id.cetak.app.FaultPoint;
import id.cetak.command.CommandReader;
import id.cetak.producer.Grants;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Where a message becomes a job. When the stage that {@link #accept} gives completes, the outcome
 * is durable and the message may be acknowledged; when it fails, nothing is, and the message must
 * be offered again.
 *
 * <p>What if a message comes twice? The command's id is unique among jobs: the second one finds the
 * first one's job, changes nothing, and, when that job has ended, has its event told again with the
 * same id and bytes.
 *
 * <p>Two lanes, so that a cancel never waits behind clones; the one of the clones waits while no
 * run slot is near.
 */
@ApplicationScoped
public class JobIntake {
  private final Acceptance acceptance;
  private final IntakeGate gate;
  private final FaultPoint faults;
  private final IntakeLane commands;
  private final IntakeLane control;

  JobIntake(
      CommandReader reader,
      Acceptance acceptance,
      IntakeGate gate,
      FaultPoint faults,
      Grants grants,
      CetakConfig config) {
    this.acceptance = acceptance;
    this.gate = gate;
    this.faults = faults;
    IntakeLane.Work work =
        new IntakeLane.Work(
            arrival -> {
              arrival.read(reader);
              arrival.demand(grants, config.host());
            },
            this::accept,
            gate::room,
            config.intake().maxHold());
    this.commands = new IntakeLane("intake-commands", work);
    this.control = new IntakeLane("intake-control", work);
  }

  void start(@Observes StartupEvent event) {
    gate.onClaims(commands::wake);
    commands.start();
    control.start();
  }

  /**
   * Takes one message in. The stage fails when that was tried in vain for a quarter of an hour, and
   * stays open for ever when the worker stops.
   */
  public CompletionStage<Void> accept(Delivery delivery) {
    Arrival arrival = new Arrival(delivery);
    (delivery.source() == Delivery.Source.CONTROL ? control : commands).offer(arrival);
    return arrival.durable();
  }

  /** Begins nothing more, and waits for what is being written. */
  public void stop() {
    try {
      commands.stop();
      control.stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept(List<Arrival> group) {
    faults.reached("intake.accept.before-commit");
    Acceptance.Outcome outcome = acceptance.accept(group);
    faults.reached("intake.accept.after-commit");
    gate.opened(outcome.queued());
    outcome.stopped().ifPresent(gate::stop);
  }
}
