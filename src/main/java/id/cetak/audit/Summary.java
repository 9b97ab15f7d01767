package id.cetak.audit;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an audit has to tell, as its event says it. */
final class Summary {
  private static final int MAX_FINDINGS = 1000;

  private Summary() {}

  /** What was found, and how much of the fleet that is. */
  static Map<String, Object> of(Collection<HostReading> hosts) {
    List<Vm> vms = hosts.stream().flatMap(host -> host.vms().stream()).toList();
    List<Vm> closed = vms.stream().filter(vm -> vm.guest() == null).toList();
    List<Finding> findings = Judge.findings(hosts);
    Map<String, Object> counts = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      counts.put(kind.word(), findings.stream().filter(f -> f.kind() == kind).count());
    }
    long millis = hosts.stream().mapToLong(HostReading::millis).sum();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("vms", vms.size());
    data.put("vmsRead", vms.size() - closed.size());
    data.put("vmsUntouched", vms.stream().filter(Vm::untouched).count());
    data.put("vmsUnread", closed.stream().map(Summary::unread).toList());
    data.put("readMillis", millis);
    data.put("millisPerVm", vms.isEmpty() ? 0 : millis / vms.size());
    data.put("counts", counts);
    data.put("findings", findings.stream().limit(MAX_FINDINGS).map(Finding::data).toList());
    return data;
  }

  private static Map<String, Object> unread(Vm vm) {
    Map<String, Object> data = Finding.data(vm);
    data.put("reason", vm.unread() == null ? "It did not say why." : vm.unread());
    return data;
  }
}
