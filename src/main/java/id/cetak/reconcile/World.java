package id.cetak.reconcile;

import id.cetak.hypervisor.Domain;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * What is on a host, as it was found.
 *
 * @param clones the folders of clones' files
 * @param work the folders of work that jobs do
 * @param sealed the folders of versions
 */
record World(List<Domain> domains, Set<UUID> clones, Set<UUID> work, Set<UUID> sealed) {
  /** Of everything that could have an entry. */
  Set<UUID> ids() {
    Set<UUID> ids = new HashSet<>(clones);
    ids.addAll(work);
    ids.addAll(sealed);
    domains.forEach(domain -> ids.add(domain.uuid()));
    return ids;
  }
}
