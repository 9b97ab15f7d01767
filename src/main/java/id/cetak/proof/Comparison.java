package id.cetak.proof;

import id.cetak.clone.CloneIdentities.Known;
import id.cetak.hypervisor.SelfReport;
import id.cetak.identity.HostKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Holds what a guest says against what the ledger knows of it. */
final class Comparison {
  private Comparison() {}

  /** The host keys that the guest told. */
  static List<HostKey> keys(SelfReport report) {
    return report.hostKeys().stream().flatMap(key -> HostKey.read(key).stream()).toList();
  }

  /** In what they differ; empty when the guest is who it should be. */
  static List<Finding> of(Known known, SelfReport report) {
    List<Finding> findings = new ArrayList<>();
    if (report.instanceId() != null && !report.instanceId().equals(known.id().toString())) {
      findings.add(Finding.differs("instance-id", known.id().toString(), report.instanceId()));
    }
    if (!label(report.hostName()).equals(known.hostname())) {
      findings.add(Finding.differs("hostname", known.hostname(), report.hostName()));
    }
    if (known.machineId() != null && !known.machineId().equals(report.machineId())) {
      findings.add(
          Finding.differs(
              "machine-id",
              known.machineId(),
              Objects.requireNonNullElse(report.machineId(), "none")));
    }
    List<HostKey> told = keys(report);
    for (HostKey minted : known.minted()) {
      // Keys of another type stand beside it; of keys without a type one has to be it.
      List<HostKey> ofThisType =
          told.stream()
              .filter(key -> key.type() == null || key.type().equals(minted.type()))
              .toList();
      boolean there = ofThisType.stream().anyMatch(key -> isSame(key, minted));
      if (!there
          || ofThisType.stream().anyMatch(key -> key.type() != null && !isSame(key, minted))) {
        String found =
            ofThisType.stream().map(HostKey::fingerprint).collect(Collectors.joining(" and "));
        findings.add(
            Finding.differs(
                "SSH host key " + minted.type(),
                minted.fingerprint(),
                found.isEmpty() ? "none" : found));
      }
    }
    return findings;
  }

  private static boolean isSame(HostKey one, HostKey other) {
    return one.fingerprint().equals(other.fingerprint());
  }

  /** A guest may say its domain too. */
  private static String label(String hostName) {
    int dot = hostName.indexOf('.');
    return dot < 0 ? hostName : hostName.substring(0, dot);
  }
}
