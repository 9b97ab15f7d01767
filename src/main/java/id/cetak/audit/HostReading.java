package id.cetak.audit;

import java.util.List;

/**
 * What one host reports.
 *
 * @param millis how long its disks took to read
 */
record HostReading(List<Vm> vms, List<Sealed> versions, long millis) {
  HostReading {
    vms = List.copyOf(vms);
    versions = List.copyOf(versions);
  }
}
