package id.cetak.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  private final Report report = new Report();

  @Test
  void the_kind_of_a_failure_says_whether_it_refuses_or_keeps_waiting() {
    report.add(Failure.of(FailureCode.NO_SPACE, "It is full.", "Free space."));
    report.add(Failure.of(FailureCode.NAME_TAKEN, "It is taken.", "Choose another."));
    assertThat(report.findings())
        .containsExactly(
            new Finding("NAME_TAKEN", Severity.REFUSED, "It is taken.", "Choose another."),
            new Finding("NO_SPACE", Severity.WAITS, "It is full.", "Free space."));
  }

  @Test
  void what_only_waits_is_slow_or_is_noted_would_succeed() {
    report.remark(Remark.NO_KVM, Severity.SLOW, "No KVM.", "Load it.");
    report.add(new Failure(FailureCode.IN_USE, "Somebody has it."));
    assertThat(outlook().wouldSucceed()).isTrue();
    report.add(new Failure(FailureCode.INVALID, "It is wrong."));
    assertThat(outlook().wouldSucceed()).isFalse();
  }

  @Test
  void a_failure_that_keeps_its_remedy_in_its_reason_still_says_what_to_do() {
    report.add(new Failure(FailureCode.INVALID, "It is wrong. Make it right."));
    assertThat(report.findings())
        .allMatch(finding -> finding.reason().equals("It is wrong. Make it right."))
        .noneMatch(finding -> finding.remedy().isEmpty());
  }

  @Test
  void a_libvirt_that_does_not_answer_is_said_once() {
    for (int n = 0; n < 3; n++) {
      report.add(new Failure(FailureCode.HYPERVISOR_UNAVAILABLE, "Look-up " + n + ": no answer."));
    }
    assertThat(report.findings()).hasSize(1);
  }

  @Test
  void thousands_of_one_kind_leave_room_for_others_in_the_event() {
    for (int n = 0; n < 10_000; n++) {
      report.add(new Failure(FailureCode.NAME_TAKEN, "Clone web-" + n + ": taken."));
    }
    report.add(new Failure(FailureCode.TOO_LARGE, "It never fits."));
    assertThat(report.findings()).hasSize(51);
  }

  @Test
  void a_check_that_throws_is_taken_down_and_the_next_one_asked() {
    assertThat(
            report.tried(
                () -> {
                  throw new Failure(FailureCode.TEMPLATE_UNKNOWN, "There is none.");
                }))
        .isEmpty();
    assertThat(report.tried(() -> "found")).contains("found");
    assertThat(report.findings()).hasSize(1);
  }

  @Test
  void several_faults_are_said_one_by_one() {
    report.addAll(
        new Failure(FailureCode.DOMAIN_UNFIT, "Both."),
        List.of(
            new Failure(FailureCode.DOMAIN_UNFIT, "One."),
            new Failure(FailureCode.DOMAIN_UNFIT, "Two.")));
    assertThat(report.findings()).extracting(Finding::reason).containsExactly("One.", "Two.");
  }

  private Outlook outlook() {
    return new Outlook(report.findings(), Map.of(), report.plan());
  }
}
