package id.cetak.reconcile;

import java.util.List;

/**
 * What a look at a host has found, and how much was looked at.
 *
 * @param domains all of the host's, Cetak's or not
 * @param clones entries of the ledger
 * @param versions whose images are here
 */
record Findings(int domains, int clones, int versions, List<Difference> differences) {
  Findings {
    differences = List.copyOf(differences);
  }

  Findings with(List<Difference> others) {
    return new Findings(domains, clones, versions, others);
  }
}
