package id.cetak.batch;

import id.cetak.command.CommandType;
import id.cetak.job.MemberStore;
import java.util.List;
import java.util.Map;

/** The members that failed, as events list them. */
final class Failures {
  private Failures() {}

  static List<Map<String, String>> of(CommandType type, List<MemberStore.Failed> failed) {
    return failed.stream()
        .filter(member -> member.type() == type)
        .map(
            member ->
                Map.of("name", member.subject(), "code", member.code(), "reason", member.reason()))
        .toList();
  }
}
