package id.cetak.clone;

import id.cetak.admission.Admission;
import id.cetak.admission.Need;
import id.cetak.command.Name;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.identity.MacLedger;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a clone's plan takes in the fleet, in one transaction: its name, its addresses
 * and its room. A refusal takes nothing.
 */
@ApplicationScoped
class CloneClaims {
  private final CloneLedger ledger;
  private final MacLedger macs;
  private final Admission admission;

  CloneClaims(CloneLedger ledger, MacLedger macs, Admission admission) {
    this.ledger = ledger;
    this.macs = macs;
    this.admission = admission;
  }

  /**
   * Takes them, or finds them taken by this clone already.
   *
   * @param interfaces how many addresses
   * @param need null when the clone's batch was promised the room
   * @param host knows the addresses of the host's domains
   * @return the addresses
   * @throws Failure {@code NAME_TAKEN}, {@code NO_SPACE} or {@code TOO_LARGE}
   */
  @Transactional
  List<String> take(
      Reservation wanted, int interfaces, @Nullable Need need, MacLedger.HostMacs host) {
    if (need != null) {
      admission.demand(
          new Admission.Applicant(
              wanted.id(), wanted.origin().fence(), applicant(wanted.command().name())),
          need);
    }
    ledger
        .reserve(wanted)
        .ifPresent(
            holder -> {
              throw taken(wanted.command().name(), holder);
            });
    return macs.allocate(wanted.id(), interfaces, host);
  }

  void release(UUID id, int attempt) {
    ledger.release(id, attempt);
  }

  /** How errors of lacking room begin. */
  static String applicant(Name name) {
    return "Clone " + name;
  }

  /** What is said of a name that another clone of the fleet has. */
  static Failure taken(Name name, CloneLedger.Holder holder) {
    return Failure.of(
        FailureCode.NAME_TAKEN,
        "Clone %s: clone %s on host %s, made from %s@%d, has this name."
            .formatted(name, holder.id(), holder.host(), holder.template(), holder.version()),
        "Choose another one, or remove that clone first.");
  }
}
