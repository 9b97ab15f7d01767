package id.cetak.clone;

import id.cetak.identity.HostKey;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's list of clones: a name is in it once. Entries are keyed by the clone's id, which is
 * its job's, so that whatever a job does here twice has the effect of once.
 */
interface CloneLedger {
  /**
   * Holds a name for a clone, in a transaction of its own; an entry of the same id is replaced.
   *
   * @return who has the name, when another clone has it and nothing was changed
   * @throws id.cetak.failure.Failure {@code OUTCOME_UNKNOWN} when a newer attempt has the job
   */
  Optional<Holder> reserve(Reservation reservation);

  /**
   * Turns an entry from RESERVED to READY, in the caller's transaction.
   *
   * @param machineId what the guest will have; null when it is not known
   * @param minted the host keys that Cetak gave it
   * @throws IllegalStateException when there is no such entry, or it is READY already
   */
  void ready(UUID id, @Nullable String machineId, List<HostKey> minted);

  /**
   * Removes a RESERVED entry with its addresses, in a transaction of its own; quiet when there is
   * none, when it is READY, and when a newer attempt has the job.
   */
  void release(UUID id, int attempt);

  /**
   * Removes a READY entry with its addresses, in the caller's transaction: the VM was sealed into a
   * template and is no more.
   */
  void consumed(UUID id);

  /**
   * Turns an entry from READY to DELETING, in a transaction of its own; quiet when this job did so
   * before.
   *
   * @return false, and nothing is changed, when it is not READY on this host, another job holds it,
   *     or a newer attempt has the job
   */
  boolean beginDeletion(CloneClaim deletion);

  /** Back to READY, in a transaction of its own; quiet when this job removes no such clone. */
  void abandonDeletion(UUID job, int attempt);

  /** Removes a DELETING entry with its addresses, in the caller's transaction. */
  void deleted(UUID id);

  /**
   * Holds a READY entry for a job that changes its disks, in a transaction of its own; quiet when
   * this job did so before. Until it lets go, no other job holds or removes the clone.
   *
   * @return false, and nothing is changed, when it is not READY on this host, another job holds it,
   *     or a newer attempt has the job
   */
  boolean hold(CloneClaim claim);

  /** Lets go, in a transaction of its own; quiet when this job holds no clone. */
  void letGo(UUID job, int attempt);

  /**
   * Notes that a held clone's disks stand alone, and lets go, in the caller's transaction.
   *
   * @throws IllegalStateException when this job does not hold it
   */
  void flattened(UUID id, UUID job);

  /** The clone that has a name. */
  record Holder(UUID id, String host, String template, int version) {}
}
