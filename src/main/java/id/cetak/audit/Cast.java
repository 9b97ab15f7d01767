package id.cetak.audit;

import java.util.List;

/** What the ledger says of a clone. */
record Cast(String template, int version, String hostname, String instanceId, List<String> macs) {
  Cast {
    macs = List.copyOf(macs);
  }

  String origin() {
    return template + "@" + version;
  }
}
