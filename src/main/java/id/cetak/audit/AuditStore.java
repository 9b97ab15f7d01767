package id.cetak.audit;

import id.cetak.app.CetakConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What the database says of this host, as an audit compares it with; only reads. */
@ApplicationScoped
class AuditStore {
  private static final String CASTS =
      """
      select id, template, version, hostname, instance_id,
             (select string_agg(address, ' ' order by nic) from mac where clone_id = clone.id) as macs
        from clone where host = :host
      """;

  // Whatever became of the version: its image is there, and its clones are.
  private static final String SEALED =
      """
      select v.id, v.template, v.version, f.name
        from template_version v join template_file f on f.version_id = v.id
       where v.host = :host and v.sealed_at is not null and f.target is not null
       order by v.template, v.version, f.name
      """;

  private final EntityManager database;
  private final String host;

  AuditStore(EntityManager database, CetakConfig config) {
    this.database = database;
    this.host = config.host();
  }

  /** The host that this worker serves. */
  String host() {
    return host;
  }

  /** A sealed version and the names of its disks' files, in order. */
  record Version(UUID id, String template, int version, List<String> files) {}

  /** The clones of this host, by id. */
  @Transactional
  Map<UUID, Cast> casts() {
    Map<UUID, Cast> casts = new HashMap<>();
    for (Tuple row : rows(CASTS)) {
      String macs = row.get("macs", String.class);
      casts.put(
          row.get("id", UUID.class),
          new Cast(
              row.get("template", String.class),
              row.get("version", Integer.class),
              row.get("hostname", String.class),
              row.get("instance_id", String.class),
              macs == null ? List.of() : List.of(macs.split(" ", -1))));
    }
    return casts;
  }

  /** The sealed versions of this host. */
  @Transactional
  List<Version> versions() {
    Map<UUID, Version> versions = new LinkedHashMap<>();
    for (Tuple row : rows(SEALED)) {
      versions
          .computeIfAbsent(
              row.get("id", UUID.class),
              id ->
                  new Version(
                      id,
                      row.get("template", String.class),
                      row.get("version", Integer.class),
                      new ArrayList<>()))
          .files()
          .add(row.get("name", String.class));
    }
    return List.copyOf(versions.values());
  }

  @SuppressWarnings("unchecked")
  private List<Tuple> rows(String sql) {
    return database.createNativeQuery(sql, Tuple.class).setParameter("host", host).getResultList();
  }
}
