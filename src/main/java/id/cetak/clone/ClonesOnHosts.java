package id.cetak.clone;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The ledger as a whole host is compared with it, and the one way to put into it what it lost. */
public interface ClonesOnHosts {
  /**
   * A clone's entry, and what its domain's metadata should say.
   *
   * @param lineage made of the entry, its addresses, its version and its job, as far as they are
   *     still known
   */
  record Entry(String name, String host, CloneState state, Lineage lineage) {
    public UUID id() {
      return lineage.id();
    }
  }

  /**
   * The entries of a host, and those of any host among these ids.
   *
   * @param ids of domains and folders that were found
   */
  List<Entry> of(String host, Collection<UUID> ids);

  /** The attempt of a job that mends the ledger. */
  record Mender(UUID job, int attempt) {}

  /**
   * Makes a READY entry with its addresses from what a domain says of itself, in a transaction of
   * its own; changes nothing that is there.
   *
   * @param name the domain's, and the clone's
   * @param host where the domain is
   * @throws id.cetak.failure.Failure {@code NAME_TAKEN} when its id, name, instance-id or an
   *     address of it is another clone's, {@code INVALID} when they are none that Cetak gives out;
   *     then nothing was changed
   */
  void restore(Mender mender, String name, String host, Lineage lineage);
}
