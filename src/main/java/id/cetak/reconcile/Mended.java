package id.cetak.reconcile;

import java.util.List;

/** What a step has made of the differences that are its own. */
record Mended(List<Difference> differences) {
  Mended {
    differences = List.copyOf(differences);
  }
}
