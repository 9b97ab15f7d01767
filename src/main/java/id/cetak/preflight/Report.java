package id.cetak.preflight;

import id.cetak.admission.Need;
import id.cetak.failure.Complaints;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes down what the checks of one dry run find. */
public final class Report implements Complaints {
  /** So that a batch of thousands, all of them refused for one reason, is still an event. */
  private static final int MOST_ALIKE = 50;

  private static final String ASK_AGAIN =
      "Correct what the reason names, and send the dry run again under a new id.";

  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, Object> plan = new LinkedHashMap<>();
  private @Nullable Need need;
  private @Nullable Likeness likeness;

  /**
   * Something that would refuse the command, or keep it waiting. That libvirt does not answer is
   * said once, whatever was asked of it.
   */
  @Override
  public void add(Failure failure) {
    long alike =
        findings.stream().filter(found -> found.code().equals(failure.code().name())).count();
    if (alike < (failure.code() == FailureCode.HYPERVISOR_UNAVAILABLE ? 1 : MOST_ALIKE)) {
      String remedy = failure.remedy().isEmpty() ? ASK_AGAIN : failure.remedy();
      findings.add(
          new Finding(failure.code().name(), severity(failure), failure.problem(), remedy));
    }
  }

  @Override
  public void addAll(Failure together, List<Failure> each) {
    each.forEach(this::add);
  }

  private static Severity severity(Failure failure) {
    return switch (failure.kind()) {
      case REJECTED, BUG -> Severity.REFUSED;
      case CONFLICT, TRANSIENT, EXHAUSTED, UNKNOWN -> Severity.WAITS;
    };
  }

  /** Something that neither refuses the command nor keeps it waiting. */
  public void remark(Remark remark, Severity severity, String reason, String remedy) {
    findings.add(new Finding(remark.name(), severity, reason, remedy));
  }

  /** A part of the plan that the command would follow, as far as it is known. */
  public void plan(String what, Object value) {
    plan.put(what, value);
  }

  /** What the command would take of the file system. */
  public void needs(Need forecast) {
    need = forecast;
  }

  /** Which jobs of the past tell how long it would take. */
  public void like(Likeness jobs) {
    likeness = jobs;
  }

  Map<String, Object> plan() {
    return plan;
  }

  /** The worst first, else in the order in which they were found. */
  List<Finding> findings() {
    return findings.stream().sorted(Comparator.comparing(Finding::severity)).toList();
  }

  @Nullable Need need() {
    return need;
  }

  @Nullable Likeness likeness() {
    return likeness;
  }
}
