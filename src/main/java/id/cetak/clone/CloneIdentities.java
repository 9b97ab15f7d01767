package id.cetak.clone;

import id.cetak.identity.HostKey;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the fleet's ledger knows of the identities that guests have inside. */
public interface CloneIdentities {
  /** A clone, by its name. */
  Optional<Known> named(String name);

  /**
   * Writes what a guest told of itself in place of what it told before, in a transaction of its
   * own.
   *
   * @return what other clones have already; then nothing was written
   * @throws id.cetak.failure.Failure {@code OUTCOME_UNKNOWN} when a newer attempt has the job
   */
  List<Held> record(Claim claim);

  /** What other clones have of this already; nothing is written. */
  List<Held> held(Claim claim);

  /** The guest is who it should be; in the caller's transaction. */
  void verified(UUID id);

  /** The guest is not who it should be, for this reason; in the caller's transaction. */
  void quarantined(UUID id, String reason);

  /**
   * A clone as it stands.
   *
   * @param machineId what its guest has, as predicted or as told; null when it is not known
   * @param minted the host keys that Cetak gave it
   */
  record Known(
      UUID id,
      String name,
      String host,
      CloneState state,
      String hostname,
      @Nullable String machineId,
      List<HostKey> minted) {}

  /** What a guest told, in an attempt of a job. */
  record Claim(
      UUID job, int attempt, UUID cloneId, @Nullable String machineId, List<HostKey> hostKeys) {}

  /**
   * Something that another clone has.
   *
   * @param what such as {@code machine-id}
   * @param holder the other clone's name
   */
  record Held(String what, String value, String holder) {}
}
