package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.outbox.Outbox;
import id.cetak.workflow.Fence;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The versions table, and the only writer of a version's state. */
@ApplicationScoped
class VersionStore implements PanacheRepositoryBase<TemplateVersion, UUID> {
  private static final Logger LOG = Logger.getLogger(VersionStore.class);

  private static final String NUMBER =
      "update template set next_version = next_version + 1 where name = :template returning"
          + " next_version - 1";

  // Only the holder of the template's newest exclusive lock turns its version.
  private static final String PUBLISH =
      """
      update template_version v
         set state = 'SEALED', kind = :kind, sealed_at = clock_timestamp(), digest_at = clock_timestamp(),
             domain_xml = :xml, nvram = :nvram, attestation = cast(:attestation as jsonb)
       where v.id = :id and v.state = 'SEALING'
         and exists (select 1 from template_lease l join template t on t.name = l.template
                      where l.job_id = v.id and l.exclusive and l.fence = :fence and t.fence = l.fence)
      """;

  private static final String QUARANTINE =
      """
      update template_version set state = 'QUARANTINED', quarantined_for = :cause
       where id = :id and retired_by is null and state in ('SEALED', 'RECALLED')
      """;

  /**
   * Whose images are there, behind the barrier, and trusted; being removed, they are not looked at.
   */
  private static final String GUARDED = "host = ?1 and retiredBy is null and state in ?2";

  private static final Set<VersionState> TRUSTED =
      EnumSet.of(VersionState.SEALED, VersionState.RECALLED);

  private final Fence fence;
  private final LatestStore latest;
  private final Outbox outbox;
  private final Clock clock;
  private final String host;

  VersionStore(Fence fence, LatestStore latest, Outbox outbox, Clock clock, CetakConfig config) {
    this.fence = fence;
    this.latest = latest;
    this.outbox = outbox;
    this.clock = clock;
    this.host = config.host();
  }

  /**
   * The row of a seal that begins, with a number of its own; the same one when it was begun before.
   *
   * @throws id.cetak.failure.Failure {@code OUTCOME_UNKNOWN} when another attempt has the job, or
   *     it has ended
   */
  @Transactional
  TemplateVersion begin(
      UUID id, int attempt, String template, @Nullable Integer parent, long lockFence) {
    fence.demand(id, attempt, "Version of template '%s'".formatted(template));
    TemplateVersion begun = findById(id);
    if (begun != null) {
      begun.fence = lockFence;
      return begun;
    }
    TemplateVersion row = new TemplateVersion();
    row.id = id;
    row.template = template;
    row.version =
        ((Number)
                getEntityManager()
                    .createNativeQuery(NUMBER)
                    .setParameter("template", template)
                    .getSingleResult())
            .intValue();
    row.parent = parent;
    row.host = host;
    row.state = VersionState.SEALING;
    row.fence = lockFence;
    persist(row);
    return row;
  }

  /** The number that the next seal of a template gets; takes none. */
  @Transactional
  int nextNumber(String template) {
    List<?> numbers =
        getEntityManager()
            .createNativeQuery("select next_version from template where name = :template")
            .setParameter("template", template)
            .getResultList();
    return numbers.isEmpty() ? 1 : ((Number) numbers.get(0)).intValue();
  }

  /** Forgets a seal that did not become a version. */
  @Transactional
  void abandon(UUID id) {
    delete("id = ?1 and state = ?2", id, VersionState.SEALING);
  }

  /** What a seal or an import has made. */
  record Published(
      VersionKind kind,
      String domainXml,
      boolean nvram,
      String attestation,
      List<TemplateFile> files) {}

  /**
   * SEALING to SEALED, and the template's latest, inside the caller's transaction. @throws
   * IllegalStateException when the lock's fence is not the newest
   */
  void publish(UUID id, long fence, Published published) {
    int rows =
        getEntityManager()
            .createNativeQuery(PUBLISH)
            .setParameter("kind", published.kind().name())
            .setParameter("xml", published.domainXml())
            .setParameter("nvram", published.nvram())
            .setParameter("attestation", published.attestation())
            .setParameter("id", id)
            .setParameter("fence", fence)
            .executeUpdate();
    if (rows != 1) {
      throw new IllegalStateException(
          "Version %s cannot be sealed: fence %d is not the newest of its template"
              .formatted(id, fence));
    }
    if (!latest.point(id, id, fence)) {
      throw new IllegalStateException("Version " + id + " was sealed, but is not the latest");
    }
    TemplateVersion row = findById(id);
    getEntityManager().refresh(row);
    row.files.addAll(published.files());
  }

  @Transactional
  Optional<TemplateVersion> numbered(String template, int version) {
    return find("template = ?1 and version = ?2", template, version).firstResultOptional();
  }

  @Transactional
  Optional<TemplateVersion> newestOfAnyState(String template) {
    return find("template = ?1", Sort.descending("version"), template).firstResultOptional();
  }

  /** As it stands in the database now, whatever this transaction has read of it before. */
  @Transactional
  Optional<TemplateVersion> again(UUID id) {
    Optional<TemplateVersion> row = findByIdOptional(id);
    row.ifPresent(getEntityManager()::refresh);
    return row;
  }

  /** The versions of this host whose images stand behind the barrier. */
  @Transactional
  List<TemplateVersion> sealedHere() {
    return list(GUARDED, host, TRUSTED);
  }

  /** The versions of this host whose digests were last compared before this time. */
  @Transactional
  List<TemplateVersion> digestDue(Instant before) {
    return list(GUARDED + " and digestAt < ?3", host, TRUSTED, before);
  }

  @Transactional
  void digestCompared(UUID id) {
    update("digestAt = ?1 where id = ?2", clock.instant(), id);
  }

  /** How many sealed and quarantined versions this host has. */
  @Transactional
  long count(VersionState state) {
    return count("host = ?1 and state = ?2", host, state);
  }

  /**
   * SEALED or RECALLED to QUARANTINED, with its event. Quiet when it is neither any more. Stands
   * even when the caller's transaction fails.
   */
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  void quarantine(UUID id, Cause cause) {
    int rows =
        getEntityManager()
            .createNativeQuery(QUARANTINE)
            .setParameter("cause", cause.word())
            .setParameter("id", id)
            .executeUpdate();
    if (rows != 1) {
      return;
    }
    TemplateVersion row = findById(id);
    LOG.errorf(
        "Template version %s is quarantined: %s. Nothing is cast from it any more; find out who did"
            + " it, and seal anew",
        row.label(), cause.word());
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("host", row.host);
    data.put("template", row.template);
    data.put("version", row.version);
    data.put("cause", cause.word());
    outbox.publish(
        new Event(UUID.randomUUID(), EventType.TEMPLATE_QUARANTINED, row.template, data),
        Outbox.Envelope.NOBODY);
  }

  /** Why a version is not trusted any more. */
  enum Cause {
    STARTED("started"),
    CHANGED("changed"),
    MISSING("missing");

    private final String word;

    Cause(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }
}
