package id.cetak.clone;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Looks into the fleet's list of clones. */
public interface CloneEntries {
  /** The entry of a clone, by its name. */
  Optional<Entry> named(String name);

  /** The entries of those clones that exist, by name. */
  List<Entry> namedAny(Collection<String> names);

  /** The entries of the clones that a batch's job made and that still exist, by name. */
  List<Entry> ofBatch(UUID batch);

  /** An entry as it stands. */
  record Entry(UUID id, String name, String host, String template, int version, CloneState state) {
    CloneLedger.Holder holder() {
      return new CloneLedger.Holder(id, host, template, version);
    }
  }
}
