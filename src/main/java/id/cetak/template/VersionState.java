package id.cetak.template;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a template version stands. Only {@link VersionStore} moves it; a seal that fails removes
 * its row.
 */
public enum VersionState {
  /** Its seal runs; nothing can be cast from it yet. */
  SEALING,
  /** Immutable, behind the barrier: clones are cast from it. */
  SEALED,
  /** Was started, changed or lost: not trusted, and never cast from again. */
  QUARANTINED,
  /**
   * Withdrawn by an operator, for good: nothing is cast from it any more. Its images stay behind
   * the barrier, for the clones that lie on them.
   */
  RECALLED,
  /** Its images are gone; the row stays, so that its clones' and its children's origin is known. */
  RETIRED;

  /** The states that can follow this one. */
  public Set<VersionState> next() {
    return switch (this) {
      case SEALING -> EnumSet.of(SEALED);
      case SEALED -> EnumSet.of(QUARANTINED, RECALLED, RETIRED);
      case QUARANTINED -> EnumSet.of(RETIRED);
      case RECALLED -> EnumSet.of(QUARANTINED, RETIRED);
      case RETIRED -> EnumSet.noneOf(VersionState.class);
    };
  }
}
