package id.cetak.reconcile;

import id.cetak.fleet.FanOut;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Puts what was mended in the place of what was found. No effect. */
final class ReportStep implements Step {
  private record Key(DifferenceKind kind, UUID id) {
    static Key of(Difference difference) {
      return new Key(difference.kind(), difference.id());
    }
  }

  @Override
  public String name() {
    return FanOut.REPORT;
  }

  @Override
  public Findings run(Run run) {
    Map<Key, Difference> mended = new HashMap<>();
    for (String step :
        List.of(EntriesStep.NAME, MetadataStep.NAME, BarriersStep.NAME, LeftoversStep.NAME)) {
      run.result(step, Mended.class)
          .ifPresent(
              done ->
                  done.differences()
                      .forEach(difference -> mended.put(Key.of(difference), difference)));
    }
    Findings found = run.plan(Findings.class);
    return found.with(
        found.differences().stream()
            .map(difference -> mended.getOrDefault(Key.of(difference), difference))
            .toList());
  }

  @Override
  public void undo(Run run) {}
}
