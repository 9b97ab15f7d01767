package id.cetak.clone;

import id.cetak.template.DomainConsumed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * A clone that was sealed into a template is no clone any more: its name and addresses are free
 * again.
 */
@ApplicationScoped
class ConsumedClone {
  private final CloneLedger ledger;

  ConsumedClone(CloneLedger ledger) {
    this.ledger = ledger;
  }

  void forget(@Observes DomainConsumed consumed) {
    ledger.consumed(consumed.domain());
  }
}
