package id.cetak.job;

import id.cetak.app.FaultPoint;
import id.cetak.command.Command;
import id.cetak.command.CommandReader;
import id.cetak.command.CommandRefused;
import jakarta.enterprise.context.ApplicationScoped;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jboss.logging.Logger;

/**
 * Where a message becomes a job. When {@link #accept} returns, the outcome is durable and the
 * message may be acknowledged; when it throws, nothing is, and the message must be offered again.
 *
 * <p>What if a message comes twice? The command's id is unique among jobs: the second one finds the
 * first one's job, changes nothing, and, when that job has ended, has its event told again with the
 * same id and bytes.
 */
@ApplicationScoped
public class JobIntake {
  private static final Logger LOG = Logger.getLogger(JobIntake.class);

  private final CommandReader reader;
  private final IntakeStore store;
  private final DeadLetters deadLetters;
  private final HandOver handOver;
  private final IntakeGate gate;
  private final FaultPoint faults;

  JobIntake(
      CommandReader reader,
      IntakeStore store,
      DeadLetters deadLetters,
      HandOver handOver,
      IntakeGate gate,
      FaultPoint faults) {
    this.reader = reader;
    this.store = store;
    this.deadLetters = deadLetters;
    this.handOver = handOver;
    this.gate = gate;
    this.faults = faults;
  }

  /**
   * Takes one message in. Waits while no run slot is near, unless it came on the control queue.
   *
   * @throws InterruptedException when the worker stops; the message goes back to its queue
   */
  public void accept(Delivery delivery) throws InterruptedException {
    try {
      Command command = reader.read(delivery.body(), delivery.messageId());
      take(new IntakeStore.Request(command, sha256(CommandReader.canonical(command)), delivery));
    } catch (CommandRefused refused) {
      LOG.infof("Command refused: %s", refused.reason());
      deadLetters.add(delivery, refused);
    }
    faults.reached("intake.accept.after-commit");
  }

  private static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private void take(IntakeStore.Request request) throws CommandRefused, InterruptedException {
    if (request.command() instanceof Command.Cancel cancel) {
      gate.stop(store.cancel(request, cancel));
      return;
    }
    if (request.delivery().source() != Delivery.Source.CONTROL) {
      gate.awaitRoom();
    }
    if (request.delivery().source() == Delivery.Source.ANY || handOver.wasHandedOver(request)) {
      if (handOver.toBetterHost(request)) {
        return;
      }
    }
    if (store.accept(request)) {
      gate.opened();
    }
  }
}
