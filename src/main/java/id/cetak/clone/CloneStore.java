package id.cetak.clone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.identity.HostKey;
import id.cetak.template.Dependant;
import id.cetak.template.Dependants;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The table of clones, and the only writer of a clone's state. What happens while a job runs is
 * fenced by the job's own row, which is held meanwhile: an attempt that is not the newest changes
 * nothing, and no newer one begins in between.
 */
@ApplicationScoped
class CloneStore
    implements CloneLedger, CloneEntries, Dependants, PanacheRepositoryBase<CloneRecord, UUID> {
  private static final String MINE =
      """
      with mine as materialized (
        select id, batch_id, producer from job where id = :id and attempt = :attempt for share)
      """;

  // Whoever withdraws the version waits for this transaction, or it finds the version withdrawn.
  private static final String STILL_SEALED =
      """
      , sealed as materialized (
        select 1 from template_version v
         where v.template = :template and v.version = :version and v.state = 'SEALED' for share)
      """;

  private static final String RESERVE =
      MINE
          + STILL_SEALED
          + """
          insert into clone (id, job_id, name, host, template, version, disk, state, instance_id,
                             hostname, labels, batch_id, producer)
          select id, id, :name, :host, :template, :version, :disk, 'RESERVED', cast(id as text),
                 :hostname, cast(:labels as jsonb), batch_id, producer
            from mine, sealed
          on conflict do nothing
          """;

  // The command of a job never changes; what "the latest version" is does.
  private static final String RESERVE_AGAIN =
      MINE
          + STILL_SEALED
          + """
          update clone set version = :version
            from mine, sealed
           where clone.id = mine.id and clone.state = 'RESERVED'
          """;

  private static final String READY =
      """
      update clone set state = 'READY', ready_at = clock_timestamp(), machine_id = cast(:machineId as text)
       where id = :id and state = 'RESERVED'
      """;

  private static final String ADD_HOST_KEY =
      """
      insert into ssh_host_key (fingerprint, clone_id, public_key, minted)
      values (:fingerprint, :clone, :publicKey, true)
      """;

  private static final String BEGIN_DELETION =
      MINE
          + """
          update clone set state = 'DELETING', deleted_by = mine.id from mine
           where clone.id = :clone and clone.host = :host
             and clone.held_by is null
             and (clone.state = 'READY' or clone.deleted_by = mine.id)
          """;

  private static final String ABANDON_DELETION =
      MINE
          + """
          update clone set state = 'READY', deleted_by = null from mine
           where clone.deleted_by = mine.id and clone.state = 'DELETING'
          """;

  private static final String HOLD =
      MINE
          + """
          update clone set held_by = mine.id from mine
           where clone.id = :clone and clone.host = :host and clone.state = 'READY'
             and (clone.held_by is null or clone.held_by = mine.id)
          """;

  private static final String LET_GO =
      MINE + "update clone set held_by = null from mine where clone.held_by = mine.id";

  private static final String FLATTENED =
      "update clone set disk = 'FULL', held_by = null where id = :id and held_by = :job";

  private static final String RELEASE =
      MINE + "delete from clone using mine where clone.id = mine.id and clone.state = 'RESERVED'";

  private final ObjectMapper json;

  CloneStore(ObjectMapper json) {
    this.json = json;
  }

  @Override
  @Transactional
  public Optional<Holder> reserve(Reservation wanted) {
    Command.Clone command = wanted.command();
    int inserted =
        fenced(RESERVE, wanted.id(), wanted.origin().fence())
            .setParameter("version", wanted.origin().version())
            .setParameter("name", command.name().value())
            .setParameter("host", wanted.host())
            .setParameter("template", command.template().value())
            .setParameter("disk", command.disk().name())
            .setParameter("hostname", command.hostname().value())
            .setParameter("labels", text(command.labels()))
            .executeUpdate();
    if (inserted == 1 || reservedAgain(wanted)) {
      return Optional.empty();
    }
    CloneRecord holder = find("name", command.name().value()).firstResult();
    if (holder == null || holder.id.equals(wanted.id())) {
      throw new Failure(
          FailureCode.OUTCOME_UNKNOWN,
          "Clone %s: its name was neither free nor taken, because another worker has the job, the holder went just now, or %s was withdrawn. Tried again."
              .formatted(command.name(), wanted.origin().label()));
    }
    return Optional.of(new Holder(holder.id, holder.host, holder.template, holder.version));
  }

  private boolean reservedAgain(Reservation wanted) {
    return fenced(RESERVE_AGAIN, wanted.id(), wanted.origin().fence())
            .setParameter("template", wanted.origin().template())
            .setParameter("version", wanted.origin().version())
            .executeUpdate()
        == 1;
  }

  @Override
  @Transactional(Transactional.TxType.MANDATORY)
  public void ready(UUID id, @Nullable String machineId, List<HostKey> minted) {
    int rows =
        getEntityManager()
            .createNativeQuery(READY)
            .setParameter("id", id)
            .setParameter("machineId", machineId)
            .executeUpdate();
    if (rows != 1) {
      throw new IllegalStateException("Clone " + id + " is not RESERVED, so it cannot be READY");
    }
    for (HostKey key : minted) {
      getEntityManager()
          .createNativeQuery(ADD_HOST_KEY)
          .setParameter("fingerprint", key.fingerprint())
          .setParameter("clone", id)
          .setParameter("publicKey", key.publicKey())
          .executeUpdate();
    }
  }

  @Override
  @Transactional
  public void release(UUID id, int attempt) {
    fenced(RELEASE, id, attempt).executeUpdate();
  }

  @Override
  @Transactional(Transactional.TxType.MANDATORY)
  public void consumed(UUID id) {
    delete("id = ?1 and state = ?2", id, CloneState.READY);
  }

  @Override
  @Transactional
  public boolean beginDeletion(CloneClaim deletion) {
    return claimed(BEGIN_DELETION, deletion);
  }

  @Override
  @Transactional
  public void abandonDeletion(UUID job, int attempt) {
    fenced(ABANDON_DELETION, job, attempt).executeUpdate();
  }

  @Override
  @Transactional(Transactional.TxType.MANDATORY)
  public void deleted(UUID id) {
    delete("id = ?1 and state = ?2", id, CloneState.DELETING);
  }

  @Override
  @Transactional
  public boolean hold(CloneClaim claim) {
    return claimed(HOLD, claim);
  }

  private boolean claimed(String sql, CloneClaim claim) {
    return fenced(sql, claim.job(), claim.attempt())
            .setParameter("clone", claim.cloneId())
            .setParameter("host", claim.host())
            .executeUpdate()
        == 1;
  }

  @Override
  @Transactional
  public void letGo(UUID job, int attempt) {
    fenced(LET_GO, job, attempt).executeUpdate();
  }

  @Override
  @Transactional(Transactional.TxType.MANDATORY)
  public void flattened(UUID id, UUID job) {
    int rows =
        getEntityManager()
            .createNativeQuery(FLATTENED)
            .setParameter("id", id)
            .setParameter("job", job)
            .executeUpdate();
    if (rows != 1) {
      throw new IllegalStateException("Clone " + id + " is not held by job " + job);
    }
  }

  @Override
  @Transactional
  public Optional<Entry> named(String name) {
    return find("name", name).firstResultOptional().map(CloneStore::entry);
  }

  @Override
  @Transactional
  public List<Entry> namedAny(Collection<String> names) {
    return list("name in ?1", Sort.by("name"), names).stream().map(CloneStore::entry).toList();
  }

  @Override
  @Transactional
  public List<Entry> ofBatch(UUID batch) {
    return list("batchId", Sort.by("name"), batch).stream().map(CloneStore::entry).toList();
  }

  @Override
  @Transactional
  public List<Dependant> castFrom(String template, int version) {
    return list("template = ?1 and version = ?2", Sort.by("name"), template, version).stream()
        .map(
            row -> new Dependant(row.id, row.name, row.host, word(row.disk), word(row.state), null))
        .toList();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static Entry entry(CloneRecord row) {
    return new Entry(row.id, row.name, row.host, row.template, row.version, row.state);
  }

  private Query fenced(String sql, UUID id, int attempt) {
    return getEntityManager()
        .createNativeQuery(sql)
        .setParameter("id", id)
        .setParameter("attempt", attempt);
  }

  private String text(Map<String, String> labels) {
    try {
      return json.writeValueAsString(labels);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("labels cannot be written as JSON", e);
    }
  }
}
