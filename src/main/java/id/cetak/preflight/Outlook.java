package id.cetak.preflight;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a dry run has found out, journaled.
 *
 * @param forecast bytes, inodes and milliseconds, as far as they can be told
 * @param plan what the command would do, as far as that is known
 */
public record Outlook(
    List<Finding> findings, Map<String, Object> forecast, Map<String, Object> plan) {
  boolean wouldSucceed() {
    return findings.stream().noneMatch(finding -> finding.severity() == Severity.REFUSED);
  }

  Map<String, Object> eventData() {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("wouldSucceed", wouldSucceed());
    data.put("findings", findings.stream().map(Outlook::eventData).toList());
    data.put("forecast", forecast);
    data.put("plan", plan);
    return data;
  }

  private static Map<String, Object> eventData(Finding finding) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("code", finding.code());
    data.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
    data.put("reason", finding.reason());
    data.put("remedy", finding.remedy());
    return data;
  }
}
