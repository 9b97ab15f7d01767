package id.cetak.template;

import id.cetak.workflow.Run;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The version that a command is about, as it was found. */
record ChosenVersion(UUID id, String template, int version) {
  Map<String, Object> eventData(Run run) {
    var data = new LinkedHashMap<>(run.eventData());
    data.put("template", template);
    data.put("version", version);
    return data;
  }
}
