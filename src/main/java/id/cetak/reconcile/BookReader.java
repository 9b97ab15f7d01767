package id.cetak.reconcile;

import id.cetak.app.CetakConfig;
import id.cetak.clone.ClonesOnHosts;
import id.cetak.job.EndedJobs;
import id.cetak.job.LiveJobs;
import id.cetak.template.HostVersion;
import id.cetak.template.HostVersions;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Reads what the database says of this host. */
@ApplicationScoped
class BookReader {
  /** Belongs to no host, so that only what is asked for by its id is found. */
  private static final String NO_HOST = "";

  private final ClonesOnHosts clones;
  private final HostVersions versions;
  private final EndedJobs ended;
  private final LiveJobs jobs;
  private final String host;

  BookReader(
      ClonesOnHosts clones,
      HostVersions versions,
      EndedJobs ended,
      LiveJobs jobs,
      CetakConfig config) {
    this.clones = clones;
    this.versions = versions;
    this.ended = ended;
    this.jobs = jobs;
    this.host = config.host();
  }

  String host() {
    return host;
  }

  /**
   * @param ids of what was found: those that belong to other hosts are looked for too
   */
  Books read(Collection<UUID> ids) {
    // The jobs come first: an entry whose job ends between the two looks is still in hands.
    LiveJobs.Held held = jobs.of(host, ids);
    return new Books(
        clones.of(host, ids).stream()
            .collect(Collectors.toMap(ClonesOnHosts.Entry::id, entry -> entry)),
        versions.all().stream().collect(Collectors.toMap(HostVersion::id, version -> version)),
        ended.of(host, ids),
        held);
  }

  /** A clone's entry as it is now. */
  Optional<ClonesOnHosts.Entry> clone(UUID id) {
    return clones.of(NO_HOST, List.of(id)).stream().findFirst();
  }

  /** What jobs have in hands now. */
  LiveJobs.Held held() {
    return jobs.of(host, List.of());
  }

  /** Whether a job of this host was undone: nothing that is named after it is to be left. */
  boolean isUndone(UUID id) {
    return ended.of(host, List.of(id)).undone().contains(id);
  }

  /** Whether a job of this host has ended, well or not. */
  boolean isEnded(UUID id) {
    return ended.of(host, List.of(id)).all().contains(id);
  }

  /** Whether a job of this id has not ended. */
  boolean isHeld(UUID id) {
    return jobs.of(NO_HOST, List.of(id)).ids().contains(id);
  }
}
