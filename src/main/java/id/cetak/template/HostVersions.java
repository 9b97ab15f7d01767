package id.cetak.template;

import id.cetak.hypervisor.Barrier;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Files;
import java.util.List;
import java.util.UUID;

/** The versions as a whole host is compared with them. */
@ApplicationScoped
public class HostVersions {
  private final HostVersionStore store;
  private final VersionStore states;
  private final Versions versions;
  private final Barrier barrier;

  HostVersions(HostVersionStore store, VersionStore states, Versions versions, Barrier barrier) {
    this.store = store;
    this.states = states;
    this.versions = versions;
    this.barrier = barrier;
  }

  /** The attempt of a job that mends a version. */
  public record Mender(UUID job, int attempt) {}

  /** Every version of every host. */
  public List<HostVersion> all() {
    return store.all(barrier::folder);
  }

  /** The names of a version's files that are not there. */
  public List<String> missing(HostVersion version) {
    return version.files().stream()
        .filter(file -> !Files.exists(version.path(file)))
        .map(HostVersion.File::name)
        .toList();
  }

  /**
   * The names of a version's files that are there and look otherwise than when they were sealed.
   */
  public List<String> changed(HostVersion version) {
    return version.files().stream()
        .filter(file -> Files.exists(version.path(file)))
        .filter(file -> !versions.same(file.fingerprint(), barrier.fingerprint(version.path(file))))
        .map(HostVersion.File::name)
        .toList();
  }

  /** Keeps how a file looks that was just proven to hold what was sealed. */
  public boolean renew(Mender mender, HostVersion version, HostVersion.File file) {
    return store.renew(mender, version.id(), file, barrier.fingerprint(version.path(file)));
  }

  /** The content of a file is not what was sealed: nothing is cast from the version any more. */
  public void distrust(HostVersion version) {
    states.quarantine(version.id(), VersionStore.Cause.CHANGED);
  }
}
