package id.cetak.proof;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What came of a guest's word.
 *
 * @param findings empty when the guest is who it should be
 * @param links the addresses of the interfaces that are to be taken off the network
 */
record Judgement(List<Finding> findings, List<String> links) {
  boolean good() {
    return findings.isEmpty();
  }

  /** All findings, as a part of a sentence. */
  String words() {
    return findings.stream().map(Finding::words).collect(Collectors.joining("; "));
  }
}
