package id.cetak.template;

import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.function.Function;
import java.util.function.Predicate;

/** Finds the version that a command names, and refuses one that is not fit for it. */
final class ChooseStep implements Step {
  private final String verb;
  private final VersionStore versions;
  private final Function<Run, WantedVersion> wanted;
  private final Predicate<TemplateVersion> fit;

  /**
   * @param verb how errors begin, such as {@code Promotion}
   */
  ChooseStep(
      String verb,
      VersionStore versions,
      Function<Run, WantedVersion> wanted,
      Predicate<TemplateVersion> fit) {
    this.verb = verb;
    this.versions = versions;
    this.wanted = wanted;
    this.fit = fit;
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public ChosenVersion run(Run run) {
    WantedVersion named = wanted.apply(run);
    TemplateVersion row =
        versions
            .numbered(named.template().value(), named.version())
            .orElseThrow(() -> WithdrawalRefusal.unknown(verb, named));
    if (!fit.test(row)) {
      throw WithdrawalRefusal.of(verb, row);
    }
    return new ChosenVersion(row.id, row.template, row.version);
  }

  /** Looking leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
