package id.cetak.template;

import id.cetak.command.Name;
import id.cetak.workflow.Run;
import id.cetak.workflow.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;

/** The version that a command names; it need not exist. */
record WantedVersion(Name template, int version) {
  String label() {
    return template + "@" + version;
  }

  /** Of an event that says why nothing came of the command. */
  Map<String, Object> failureData(Run run, Verdict verdict) {
    var data = new LinkedHashMap<>(run.eventData());
    data.put("template", template.value());
    data.put("version", version);
    data.put("code", verdict.code().name());
    data.put("reason", verdict.reason());
    return data;
  }
}
