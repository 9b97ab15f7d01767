package id.cetak.preflight;

import id.cetak.admission.Need;
import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Foretells what a command takes: room by its plan, time by what jobs of its kind took here. */
@ApplicationScoped
class Forecasts {
  private final PastJobs past;
  private final Clock clock;

  Forecasts(PastJobs past, Clock clock) {
    this.past = past;
    this.clock = clock;
  }

  /** Also reports a deadline that is too near. */
  Map<String, Object> of(Command command, Report report) {
    Optional<PastJobs.Measured> measured =
        Optional.ofNullable(report.likeness()).flatMap(like -> past.median(command.type(), like));
    checkDeadline(command, measured, report);
    return forecast(report.need(), measured);
  }

  private void checkDeadline(Command command, Optional<PastJobs.Measured> measured, Report report) {
    Instant deadline = command.deadline();
    if (deadline == null) {
      return;
    }
    Duration left = Duration.between(clock.instant(), deadline);
    String what = "%s '%s'".formatted(command.type().word(), command.subject());
    if (left.isNegative()) {
      report.add(
          Failure.of(
              FailureCode.DEADLINE_PASSED,
              "%s: its deadline has passed.".formatted(what),
              "Send it with a later one."));
    } else if (measured.isPresent() && measured.get().milliseconds() > left.toMillis()) {
      report.add(
          Failure.of(
              FailureCode.DEADLINE_PASSED,
              "%s: its deadline is in %d ms, but it takes about %d ms by %s."
                  .formatted(
                      what, left.toMillis(), measured.get().milliseconds(), measured.get().from()),
              "Send it with a later one."));
    }
  }

  private static Map<String, Object> forecast(
      @Nullable Need need, Optional<PastJobs.Measured> measured) {
    Map<String, Object> forecast = new LinkedHashMap<>();
    if (need != null) {
      forecast.put("bytes", need.bytes());
      forecast.put("inodes", need.inodes());
    }
    measured.ifPresent(
        past -> {
          forecast.put("milliseconds", past.milliseconds());
          forecast.put("from", past.from());
        });
    return forecast;
  }
}
