package id.cetak.failure;

import static id.cetak.failure.FailureKind.BUG;
import static id.cetak.failure.FailureKind.CONFLICT;
import static id.cetak.failure.FailureKind.EXHAUSTED;
import static id.cetak.failure.FailureKind.REJECTED;
import static id.cetak.failure.FailureKind.TRANSIENT;
import static id.cetak.failure.FailureKind.UNKNOWN;

/**
 * The closed list of words that {@code code} can hold in an event. A word keeps its meaning once
 * released.
 */
public enum FailureCode {
  /** The message is not a command that Cetak understands. */
  INVALID(REJECTED),
  /** The command id was used before for a command with other content. */
  ID_REUSED(REJECTED),
  /** Who sent the message is not known, or is not granted this. */
  NOT_ALLOWED(REJECTED),
  /** The sender would have more clones than it is granted. */
  QUOTA_EXCEEDED(REJECTED),
  /** No sealed version of this template exists on the host. */
  TEMPLATE_UNKNOWN(REJECTED),
  /** The version was started, changed or lost, and is not trusted any more. */
  TEMPLATE_QUARANTINED(REJECTED),
  /** The version was recalled: no more clones are cast from it. */
  VERSION_RECALLED(REJECTED),
  /** The version was retired: its images are gone. */
  VERSION_RETIRED(REJECTED),
  /** Disks lie on the version's images, which therefore stay. */
  HAS_DEPENDANTS(REJECTED),
  /** The host's libvirt knows no domain of this name. */
  DOMAIN_UNKNOWN(REJECTED),
  /** The domain runs, or is paused. A running VM is never sealed or cloned. */
  DOMAIN_RUNNING(REJECTED),
  /**
   * Something about the domain forbids the seal: snapshots, a managed save, passed-through devices,
   * shared disks.
   */
  DOMAIN_UNFIT(REJECTED),
  /**
   * The image to import is not there, is not what the command says, or is of a kind that is never
   * opened.
   */
  IMAGE_UNFIT(REJECTED),
  /** No host has a clone of this name; what Cetak did not make is never removed. */
  CLONE_UNKNOWN(REJECTED),
  /** No batch was asked for under this command id. */
  BATCH_UNKNOWN(REJECTED),
  /** A clone of a batch failed whose command says that then none of them is to stay. */
  BATCH_ROLLED_BACK(REJECTED),
  /** It would not fit on the file system that holds the images if that were empty. */
  TOO_LARGE(REJECTED),
  /** Another VM of the fleet, or a domain on the host, has this name. */
  NAME_TAKEN(REJECTED),
  /** The named libvirt network does not exist on the host. */
  NETWORK_UNKNOWN(REJECTED),
  /** libvirt or a tool will not have what was asked, and never will. */
  HYPERVISOR_REFUSED(REJECTED),
  /** virt-sysprep failed on the guest. */
  SYSPREP_FAILED(REJECTED),
  /** The cleaned image still carries an identity. */
  ATTESTATION_FAILED(REJECTED),
  /** A layer of the barrier is missing on the host, and the configuration does not waive it. */
  BARRIER_MISSING(REJECTED),
  /** None of the hosts that a command is about has reported. */
  FLEET_UNREAD(REJECTED),
  /** The guest did not say in time who it is. */
  GUEST_SILENT(REJECTED),
  /** The job did not end before its deadline. */
  DEADLINE_PASSED(REJECTED),
  /** Cancelled on request; what had been made is undone. */
  CANCELLED(REJECTED),
  /** A lock is held by another job. */
  IN_USE(CONFLICT),
  /** libvirt does not answer. */
  HYPERVISOR_UNAVAILABLE(TRANSIENT),
  /** A tool ended with an error that may pass. */
  TOOL_FAILED(TRANSIENT),
  /** The database does not answer. */
  DATABASE_UNAVAILABLE(TRANSIENT),
  /** The worker that ran the job vanished; more often than the configuration allows. */
  WORKER_LOST(TRANSIENT),
  /** Not enough room on the file system that holds the images. */
  NO_SPACE(EXHAUSTED),
  /** A call ended with an error that does not say whether it took effect. */
  OUTCOME_UNKNOWN(UNKNOWN),
  /** Cetak contradicts itself. */
  INTERNAL(BUG);

  private final FailureKind kind;

  FailureCode(FailureKind kind) {
    this.kind = kind;
  }

  /** Who must act, and whether trying again can help. */
  public FailureKind kind() {
    return kind;
  }
}
