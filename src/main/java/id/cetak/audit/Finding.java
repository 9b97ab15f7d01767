package id.cetak.audit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A duplicate.
 *
 * @param values what they share; several SSH host keys of the same VMs are one finding
 * @param vms who, in the order of hosts and names
 * @param cause the likely cause, as a sentence
 */
record Finding(Kind kind, List<String> values, List<Vm> vms, String cause) {
  /** A fleet whose image carries an identity would fill the event with names. */
  static final int MAX_NAMED = 100;

  Finding {
    values = List.copyOf(values);
    vms = List.copyOf(vms);
  }

  /** As events say it. */
  Map<String, Object> data() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("kind", kind.word());
    data.put("values", values.stream().limit(MAX_NAMED).toList());
    data.put("vms", vms.stream().limit(MAX_NAMED).map(Finding::data).toList());
    data.put("vmCount", vms.size());
    data.put("cause", cause);
    data.put("remedy", kind.remedy());
    return data;
  }

  static Map<String, Object> data(Vm vm) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("name", vm.name());
    data.put("uuid", vm.uuid().toString());
    data.put("host", vm.host());
    data.put("madeByCetak", vm.isCetaks());
    return data;
  }
}
