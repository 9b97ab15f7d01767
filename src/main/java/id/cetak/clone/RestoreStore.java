package id.cetak.clone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.Command.Disk;
import id.cetak.command.Name;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads the ledger with all that belongs to an entry, and puts lost entries back. */
@ApplicationScoped
class RestoreStore implements ClonesOnHosts {
  private static final String ENTRIES =
      """
      select clone.id, clone.name, clone.host, clone.state, clone.template, clone.version, clone.disk,
             clone.instance_id, clone.hostname, cast(clone.labels as text) as labels,
             coalesce(job.attempt, 0) as attempt, job.command_id as command, batch.command_id as batch,
             (select string_agg(address, ' ' order by nic) from mac where clone_id = clone.id) as macs,
             (select digest from template_file file join template_version version on version.id = file.version_id
               where version.template = clone.template and version.version = clone.version
               order by file.name limit 1) as digest
        from clone left join job on job.id = clone.job_id left join job batch on batch.id = clone.batch_id
       where clone.host = :host or clone.id = any(cast(string_to_array(:ids, ' ') as uuid[]))
      """;

  private static final String RESTORE =
      """
      with mine as materialized (
        select id from job where id = :job and attempt = :attempt for share)
      insert into clone (id, job_id, name, host, template, version, disk, state, instance_id,
                         hostname, labels, batch_id, ready_at)
      select :id, :id, :name, :host, :template, :version, :disk, 'READY', :instanceId,
             :hostname, cast(:labels as jsonb),
             (select id from job where command_id = :batch and type = 'CLONE_BATCH'), clock_timestamp()
        from mine
      on conflict do nothing
      """;

  private static final String ADDRESS =
      """
      insert into mac (address, clone_id, nic) values (:address, :id, :nic)
      on conflict do nothing
      """;

  private static final String HOLDERS =
      """
      select 'clone ' || name || ' on host ' || host || ' (' || id || ')' from clone
       where id = :id or name = :name or instance_id = :instanceId
      """;

  private static final String ADDRESS_HOLDER =
      """
      select 'clone ' || clone.name || ' on host ' || clone.host from mac join clone on clone.id = mac.clone_id
       where mac.address = :address
      """;

  private static final Pattern ADDRESSES = Pattern.compile("52:54:00(:[0-9a-f]{2}){3}");

  private final EntityManager database;
  private final ObjectMapper json;

  RestoreStore(EntityManager database, ObjectMapper json) {
    this.database = database;
    this.json = json;
  }

  @Override
  @Transactional
  public List<Entry> of(String host, Collection<UUID> ids) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows =
        database
            .createNativeQuery(ENTRIES, Tuple.class)
            .setParameter("host", host)
            .setParameter("ids", String.join(" ", ids.stream().map(UUID::toString).toList()))
            .getResultList();
    return rows.stream().map(this::entry).toList();
  }

  private Entry entry(Tuple row) {
    String macs = Objects.requireNonNullElse(row.get("macs", String.class), "");
    return new Entry(
        row.get("name", String.class),
        row.get("host", String.class),
        CloneState.valueOf(row.get("state", String.class)),
        new Lineage(
            row.get("id", UUID.class),
            row.get("template", String.class),
            row.get("version", Integer.class),
            row.get("digest", String.class),
            row.get("attempt", Integer.class),
            row.get("command", String.class),
            row.get("batch", String.class),
            Disk.valueOf(row.get("disk", String.class)),
            row.get("hostname", String.class),
            row.get("instance_id", String.class),
            Arrays.stream(macs.split(" ", -1)).filter(mac -> !mac.isEmpty()).toList(),
            labels(row.get("labels", String.class))));
  }

  @Override
  @Transactional
  public void restore(Mender mender, String name, String host, Lineage lineage) {
    if (!Name.isLegal(name)) {
      throw obstacle(FailureCode.INVALID, lineage, "'" + name + "' cannot be a clone's name");
    }
    for (String mac : lineage.macs()) {
      if (!ADDRESSES.matcher(mac).matches()) {
        throw obstacle(
            FailureCode.INVALID, lineage, "'" + mac + "' is no address that Cetak gives out");
      }
    }
    enter(mender, name, host, lineage);
    for (int nic = 0; nic < lineage.macs().size(); nic++) {
      give(lineage, nic, lineage.macs().get(nic));
    }
  }

  private void enter(Mender mender, String name, String host, Lineage lineage) {
    int made =
        database
            .createNativeQuery(RESTORE)
            .setParameter("job", mender.job())
            .setParameter("attempt", mender.attempt())
            .setParameter("id", lineage.id())
            .setParameter("name", name)
            .setParameter("host", host)
            .setParameter("template", lineage.template())
            .setParameter("version", lineage.version())
            .setParameter("disk", lineage.disk().name())
            .setParameter("instanceId", lineage.instanceId())
            .setParameter("hostname", lineage.hostname())
            .setParameter("labels", text(lineage.labels()))
            .setParameter("batch", Objects.requireNonNullElse(lineage.batch(), ""))
            .executeUpdate();
    if (made != 1) {
      Query holders =
          database
              .createNativeQuery(HOLDERS)
              .setParameter("id", lineage.id())
              .setParameter("name", name)
              .setParameter("instanceId", lineage.instanceId());
      throw obstacle(
          FailureCode.NAME_TAKEN,
          lineage,
          first(holders)
              .map(holder -> holder + " has its id, name or instance-id")
              .orElse("another worker has the job"));
    }
  }

  private void give(Lineage lineage, int nic, String address) {
    int given =
        database
            .createNativeQuery(ADDRESS)
            .setParameter("address", address)
            .setParameter("id", lineage.id())
            .setParameter("nic", nic)
            .executeUpdate();
    if (given != 1) {
      Query holder = database.createNativeQuery(ADDRESS_HOLDER).setParameter("address", address);
      throw obstacle(
          FailureCode.NAME_TAKEN,
          lineage,
          first(holder).orElse("another clone") + " has its address " + address);
    }
  }

  private static Failure obstacle(FailureCode code, Lineage lineage, String why) {
    return new Failure(
        code,
        "Entry of clone %s: it was not made, because %s. Decide which one stays."
            .formatted(lineage.id(), why));
  }

  private static Optional<String> first(Query query) {
    List<?> rows = query.getResultList();
    return rows.stream().findFirst().map(String::valueOf);
  }

  private Map<String, String> labels(String text) {
    try {
      return json.readValue(text, new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("labels cannot be read back", e);
    }
  }

  private String text(Map<String, String> labels) {
    try {
      return json.writeValueAsString(labels);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("labels cannot be written as JSON", e);
    }
  }
}
