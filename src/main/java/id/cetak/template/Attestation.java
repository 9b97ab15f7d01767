package id.cetak.template;

import id.cetak.hypervisor.GuestTools;
import java.util.List;

/** What the cleaned image was found to carry, point by point. */
record Attestation(List<GuestTools.Check> checks) {
  List<GuestTools.Check> failed() {
    return checks.stream().filter(check -> !check.passed()).toList();
  }
}
