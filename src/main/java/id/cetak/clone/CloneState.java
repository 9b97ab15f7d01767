package id.cetak.clone;

import java.util.Set;

/** How far a clone's entry in the ledger is; the table repeats the words as a CHECK. */
public enum CloneState {
  /** Its name and addresses are held while its job runs; undoing the job removes the entry. */
  RESERVED,
  /** The VM was read back and announced. */
  READY,
  /** A job removes it; then the entry is removed. */
  DELETING;

  /** The states that may follow. */
  public Set<CloneState> next() {
    return switch (this) {
      case RESERVED -> Set.of(READY);
      case READY -> Set.of(DELETING);
      case DELETING -> Set.of(READY);
    };
  }
}
