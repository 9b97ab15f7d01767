package id.cetak.template;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Which version a clone without a version is cast from: the one that was sealed or promoted last.
 * When nothing is cast from that one any more, it is the newest sealed one below it; when there is
 * none below, the newest sealed one.
 *
 * <p>Only a seal and a promote write, both under the template's exclusive lock: they take effect in
 * the order in which they were asked for. What a recall, a quarantine or a retirement changes is
 * seen at the next question, because the fall back is asked for and stored nowhere.
 */
@ApplicationScoped
class LatestStore {
  private static final String LATEST =
      """
      select v.* from template_version v join template t on t.name = v.template
       where v.template = :template and v.state = 'SEALED' and v.retired_by is null
       order by coalesce(v.version <= t.latest, true) desc, v.version desc
       limit 1
      """;

  // The version itself must stand when this is written, and the lock must be the newest.
  private static final String POINT =
      """
      update template t set latest = v.version from template_version v
       where v.id = :id and v.state = 'SEALED' and v.retired_by is null and t.name = v.template
         and exists (select 1 from template_lease l
                      where l.job_id = :job and l.template = t.name and l.exclusive and l.fence = :fence
                        and t.fence = l.fence)
      """;

  private final EntityManager database;

  LatestStore(EntityManager database) {
    this.database = database;
  }

  /** The version that a clone is cast from when it names none; of any host. */
  @Transactional
  Optional<TemplateVersion> of(String template) {
    @SuppressWarnings("unchecked")
    List<TemplateVersion> rows =
        database
            .createNativeQuery(LATEST, TemplateVersion.class)
            .setParameter("template", template)
            .getResultList();
    return rows.stream().findFirst();
  }

  /**
   * Makes a sealed version the latest, in the caller's transaction.
   *
   * @param job holds the template's exclusive lock
   * @return false, and nothing is changed, when the version is not sealed any more, or the lock's
   *     fence is not the newest
   */
  @Transactional(Transactional.TxType.MANDATORY)
  boolean point(UUID version, UUID job, long fence) {
    return database
            .createNativeQuery(POINT)
            .setParameter("id", version)
            .setParameter("job", job)
            .setParameter("fence", fence)
            .executeUpdate()
        == 1;
  }
}
