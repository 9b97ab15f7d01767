package id.cetak.template;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Tuple;
import jakarta.transaction.Transactional;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Reads all versions with their files at once, and keeps what a mended file looks like. */
@ApplicationScoped
class HostVersionStore {
  /** States in which a version has no images yet, none any more, or none that anybody trusts. */
  private static final Set<String> NOT_STANDING = Set.of("SEALING", "QUARANTINED", "RETIRED");

  private static final String ALL =
      """
      select version.id, version.template, version.version, version.host, version.state,
             file.name, file.digest, file.fingerprint
        from template_version version left join template_file file on file.version_id = version.id
       order by version.template, version.version, file.name
      """;

  private static final String RENEW =
      """
      update template_file set fingerprint = :fingerprint
       where version_id = :version and name = :name and digest = :digest
         and exists (select 1 from job where id = :job and attempt = :attempt and state = 'RUNNING')
      """;

  private final EntityManager database;

  HostVersionStore(EntityManager database) {
    this.database = database;
  }

  /**
   * @param folder where a version's files are
   */
  @Transactional
  List<HostVersion> all(Function<UUID, Path> folder) {
    @SuppressWarnings("unchecked")
    List<Tuple> rows = database.createNativeQuery(ALL, Tuple.class).getResultList();
    Map<UUID, List<Tuple>> byVersion = new LinkedHashMap<>();
    for (Tuple row : rows) {
      byVersion.computeIfAbsent(row.get("id", UUID.class), none -> new ArrayList<>()).add(row);
    }
    return byVersion.entrySet().stream()
        .map(
            version ->
                version(version.getKey(), folder.apply(version.getKey()), version.getValue()))
        .toList();
  }

  private static HostVersion version(UUID id, Path folder, List<Tuple> files) {
    Tuple first = files.get(0);
    String template = first.get("template", String.class);
    int number = first.get("version", Integer.class);
    return new HostVersion(
        id,
        template + "@" + number,
        template,
        number,
        first.get("host", String.class),
        !NOT_STANDING.contains(first.get("state", String.class)),
        folder,
        files.stream()
            .filter(row -> row.get("name", String.class) != null)
            .map(HostVersionStore::file)
            .toList());
  }

  private static HostVersion.File file(Tuple row) {
    return new HostVersion.File(
        row.get("name", String.class),
        row.get("digest", String.class),
        row.get("fingerprint", String.class));
  }

  /**
   * Keeps a file's new fingerprint.
   *
   * @return false when the job's attempt is not the newest, or the version is gone, and nothing was
   *     changed
   */
  @Transactional
  boolean renew(HostVersions.Mender mender, UUID version, HostVersion.File file, String now) {
    return database
            .createNativeQuery(RENEW)
            .setParameter("fingerprint", now)
            .setParameter("version", version)
            .setParameter("name", file.name())
            .setParameter("digest", file.digest())
            .setParameter("job", mender.job())
            .setParameter("attempt", mender.attempt())
            .executeUpdate()
        == 1;
  }
}
