package id.cetak.job;

import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.UUID;

/**
 * Between intake and the engine of the same process: waits for room, and tells of new and cancelled
 * jobs.
 */
@ApplicationScoped
class IntakeGate {
  private final RunSlots slots;
  private final JobClockwork clockwork;
  private final LeaseKeeper leases;
  private final CetakConfig config;

  IntakeGate(RunSlots slots, JobClockwork clockwork, LeaseKeeper leases, CetakConfig config) {
    this.slots = slots;
    this.clockwork = clockwork;
    this.leases = leases;
    this.config = config;
  }

  void awaitRoom() throws InterruptedException {
    slots.awaitRoom(config.intake().maxHold());
  }

  void opened() {
    slots.accepted();
    clockwork.wake();
  }

  /**
   * The job was cancelled: a run in this process hears of it now, one elsewhere with its next
   * renewal.
   */
  void stop(Optional<UUID> job) {
    job.ifPresent(leases::cancelRequested);
    clockwork.wake();
  }
}
