package id.cetak.job;

import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/**
 * Between intake and the engine of the same process: says how much room there is, and tells of new
 * and cancelled jobs.
 */
@ApplicationScoped
class IntakeGate {
  private final RunSlots slots;
  private final JobStore jobs;
  private final JobClockwork clockwork;
  private final LeaseKeeper leases;
  private final String host;

  IntakeGate(
      RunSlots slots,
      JobStore jobs,
      JobClockwork clockwork,
      LeaseKeeper leases,
      CetakConfig config) {
    this.slots = slots;
    this.jobs = jobs;
    this.clockwork = clockwork;
    this.leases = leases;
    this.host = config.host();
  }

  /** How many jobs may be accepted now; the database is only asked when the answer may differ. */
  int room() {
    return slots.room(() -> jobs.queued(host, slots.most() + 1));
  }

  /** Told whenever the engine has looked for jobs, which may have made room. */
  void onClaims(Runnable listener) {
    slots.onClaims(listener);
  }

  void opened(int jobs) {
    if (jobs > 0) {
      slots.accepted(jobs);
      clockwork.wake();
    }
  }

  /**
   * The job was cancelled: a run in this process hears of it now, one elsewhere with its next
   * renewal.
   */
  void stop(UUID job) {
    leases.cancelRequested(job);
    clockwork.wake();
  }
}
