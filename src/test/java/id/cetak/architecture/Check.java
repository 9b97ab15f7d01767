package id.cetak.architecture;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;

/** Looks for the places that break a rule. */
@FunctionalInterface
public interface Check {
  /** A text for each place, with the name of the class; empty when the rule holds. */
  List<String> violations(Code code);

  static Check that(ArchRule rule) {
    return code ->
        rule.allowEmptyShould(true).evaluate(code.classes()).getFailureReport().getDetails();
  }

  /** What any of these finds. */
  static Check all(Check... checks) {
    return code -> Stream.of(checks).flatMap(check -> check.violations(code).stream()).toList();
  }
}
