package id.cetak.job;

import id.cetak.command.CommandType;
import id.cetak.failure.FailureCode;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;

/** The engine's meters; labels come from enums and step names only. */
@ApplicationScoped
class JobMetrics {
  private final MeterRegistry meters;

  JobMetrics(MeterRegistry meters) {
    this.meters = meters;
  }

  void moved(CommandType type, JobState to) {
    meters.counter("cetak_job_moves_total", "type", word(type), "to", word(to)).increment();
  }

  void failed(CommandType type, FailureCode code) {
    meters.counter("cetak_job_failures_total", "type", word(type), "code", code.name()).increment();
  }

  void stepTook(CommandType type, String step, Duration duration) {
    meters.timer("cetak_step_duration", "type", word(type), "step", step).record(duration);
  }

  void lockWait(CommandType type) {
    meters.counter("cetak_lock_waits_total", "type", word(type)).increment();
  }

  void leaseLost() {
    meters.counter("cetak_lease_losses_total").increment();
  }

  void rejected(FailureCode code) {
    meters.counter("cetak_commands_rejected_total", "code", code.name()).increment();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
