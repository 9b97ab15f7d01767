package id.cetak.reconcile;

import id.cetak.clone.CloneState;
import id.cetak.clone.ClonesOnHosts.Entry;
import id.cetak.job.LiveJobs;
import id.cetak.template.HostVersion;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What the database said before and after the host was looked at. Only what was the same both
 * times, and is in no job's hands, can be held against what was found in between.
 */
final class Settled {
  private final Books before;
  private final Books after;
  private final LiveJobs.Held held;
  private final String host;

  Settled(Books before, Books after, String host) {
    this.before = before;
    this.after = after;
    this.held = before.held().and(after.held());
    this.host = host;
  }

  /** The clones that this host should have. */
  List<Entry> clonesHere() {
    return after.clones().values().stream()
        .filter(entry -> entry.host().equals(host))
        .filter(entry -> entry.equals(before.clones().get(entry.id())))
        .filter(this::isAtRest)
        .toList();
  }

  /** The entry of a clone that should be here. */
  Optional<Entry> here(UUID id) {
    return Optional.ofNullable(after.clones().get(id))
        .filter(entry -> entry.host().equals(host))
        .filter(entry -> entry.equals(before.clones().get(id)))
        .filter(this::isAtRest);
  }

  /** The entry of a clone that should be elsewhere. */
  Optional<Entry> elsewhere(UUID id) {
    return Optional.ofNullable(after.clones().get(id))
        .filter(entry -> !entry.host().equals(host))
        .filter(this::isAtRest);
  }

  private boolean isAtRest(Entry entry) {
    return entry.state() == CloneState.READY && !isHeld(entry.id(), entry.name());
  }

  /** Whether no entry has had this id, and no job has it. */
  boolean isNobodys(UUID id, String name) {
    return !before.clones().containsKey(id) && !after.clones().containsKey(id) && !isHeld(id, name);
  }

  /** Whether this is the id of a job here that failed or was cancelled, and nobody else's. */
  boolean isOfUndone(UUID id, String name) {
    return after.ended().undone().contains(id) && isNobodys(id, name);
  }

  /** Whether this is the id of a job here that has ended, and nobody else's. */
  boolean isOfEnded(UUID id) {
    return after.ended().all().contains(id) && isNobodys(id, "") && isNoVersion(id);
  }

  private boolean isHeld(UUID id, String name) {
    return held.ids().contains(id) || held.names().contains(name);
  }

  /** Whether no version has had this id, and no job has it. */
  boolean isNoVersion(UUID id) {
    return !before.versions().containsKey(id)
        && !after.versions().containsKey(id)
        && !held.ids().contains(id);
  }

  /** The versions whose images should be on this host. */
  List<HostVersion> versionsHere() {
    return after.versions().values().stream()
        .filter(version -> version.host().equals(host) && version.stands())
        .filter(version -> version.equals(before.versions().get(version.id())))
        .filter(version -> !held.templates().contains(version.template()))
        .filter(version -> !held.ids().contains(version.id()))
        .toList();
  }

  Collection<HostVersion> versions() {
    return after.versions().values();
  }
}
