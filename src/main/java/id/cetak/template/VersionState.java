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
  QUARANTINED;

  /** The states that can follow this one. */
  public Set<VersionState> next() {
    return switch (this) {
      case SEALING -> EnumSet.of(SEALED);
      case SEALED -> EnumSet.of(QUARANTINED);
      case QUARANTINED -> EnumSet.noneOf(VersionState.class);
    };
  }
}
