package id.cetak.job;

import id.cetak.app.CetakConfig;
import id.cetak.app.Periodic;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many jobs of this host stand in each state that is not an end, counted up to a limit; read
 * from the database every few seconds.
 */
@ApplicationScoped
class JobGauges {
  private static final Duration COUNT_AGAIN = Duration.ofSeconds(5);

  /** What each state is counted to: the cost is the same for any backlog. */
  private static final int MOST_COUNTED = 10_000;

  // The indexes of jobs that wait and of jobs that a worker has are apart; each knows its states.
  private static final String COUNT =
      """
      select state, (select count(*) from (select 1 from job
                      where host = :host and job.state = states.state
                        and job.state in ('QUEUED', 'RETRYING', 'PARKED') limit :most) counted) as jobs
        from (values ('QUEUED'), ('RETRYING'), ('PARKED')) as states(state)
      union all
      select state, count(*) from (select state from job
                      where host = :host and state in ('RUNNING', 'UNDOING') limit :most) counted
       group by state
      """;

  private final EntityManager database;
  private final JobRunner runner;
  private final String host;
  private volatile Map<JobState, Long> counts = Map.of();

  JobGauges(EntityManager database, JobRunner runner, CetakConfig config) {
    this.database = database;
    this.runner = runner;
    this.host = config.host();
  }

  void register(@Observes StartupEvent event, Periodic periodic, MeterRegistry meters) {
    periodic.every(COUNT_AGAIN, this::count);
    for (JobState state : JobState.values()) {
      if (!state.ended()) {
        meters.gauge(
            "cetak_jobs",
            List.of(Tag.of("state", state.name().toLowerCase(Locale.ROOT))),
            this,
            gauges -> gauges.counts.getOrDefault(state, 0L));
      }
    }
    meters.gauge("cetak_run_slots_busy", runner, JobRunner::running);
  }

  @Transactional
  void count() {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(COUNT, Tuple.class)
            .setParameter("host", host)
            .setParameter("most", MOST_COUNTED)
            .getResultList();
    Map<JobState, Long> counted = new EnumMap<>(JobState.class);
    for (Tuple row : rows) {
      counted.put(
          JobState.valueOf(row.get("state", String.class)), ((Number) row.get("jobs")).longValue());
    }
    counts = counted;
  }
}
