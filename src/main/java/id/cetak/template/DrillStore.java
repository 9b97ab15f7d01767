package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.outbox.Outbox;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** When versions were drilled last, and what came of it. */
@ApplicationScoped
public class DrillStore {
  private static final String DUE =
      """
      select id from template_version
       where host = :host and state = 'SEALED'
         and coalesce(drilled_at, sealed_at) < clock_timestamp() - make_interval(secs => :every)
       order by coalesce(drilled_at, sealed_at)
      """;

  private static final String DRILLED =
      """
      update template_version set drilled_at = clock_timestamp(), barrier_broken = :broken
       where id = :id and state = 'SEALED'
      """;

  private static final String KNOWN =
      """
      update template_file set fingerprint = :fingerprint
       where version_id = :id and name = :name
         and exists (select 1 from template_version where id = :id and state = 'SEALED')
      """;

  private final EntityManager database;
  private final Outbox outbox;
  private final String host;

  DrillStore(EntityManager database, Outbox outbox, CetakConfig config) {
    this.database = database;
    this.outbox = outbox;
    this.host = config.host();
  }

  void meters(@Observes StartupEvent event, MeterRegistry meters) {
    meters.gauge("cetak_versions_barrier_broken", this, store -> store.broken());
  }

  /** The sealed versions of this host that were drilled last, or sealed, longer ago than this. */
  @Transactional
  List<TemplateVersion> due(Duration every) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(DUE, Tuple.class)
            .setParameter("host", host)
            .setParameter("every", every.toSeconds())
            .getResultList();
    return rows.stream()
        .map(row -> database.find(TemplateVersion.class, row.get("id", UUID.class)))
        .toList();
  }

  @Transactional
  boolean isSealed(UUID id) {
    return !database
        .createNativeQuery("select 1 from template_version where id = :id and state = 'SEALED'")
        .setParameter("id", id)
        .getResultList()
        .isEmpty();
  }

  /** How many sealed versions of this host had a layer missing at their last drill. */
  @Transactional
  long broken() {
    return ((Number)
            database
                .createNativeQuery(
                    "select count(*) from template_version where host = :host and state = 'SEALED'"
                        + " and barrier_broken")
                .setParameter("host", host)
                .getSingleResult())
        .longValue();
  }

  /** Notes what came of a drill, and publishes it; in the caller's transaction if there is one. */
  @Transactional
  void tell(Drilled drilled) {
    database
        .createNativeQuery(DRILLED)
        .setParameter("id", drilled.id())
        .setParameter("broken", !drilled.sound())
        .executeUpdate();
    drilled.known().forEach((name, fingerprint) -> recognise(drilled.id(), name, fingerprint));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("host", host);
    data.putAll(drilled.eventData());
    outbox.publish(
        new Event(
            UUID.randomUUID(),
            drilled.sound() ? EventType.BARRIER_VERIFIED : EventType.BARRIER_BROKEN,
            drilled.template(),
            data),
        Outbox.Envelope.NOBODY);
  }

  private void recognise(UUID id, String name, String fingerprint) {
    database
        .createNativeQuery(KNOWN)
        .setParameter("id", id)
        .setParameter("name", name)
        .setParameter("fingerprint", fingerprint)
        .executeUpdate();
  }
}
