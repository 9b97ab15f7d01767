package id.cetak.workflow;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;

/** Why a job ends other than well. */
public record Verdict(FailureCode code, String reason) {
  public static Verdict of(Failure failure) {
    return new Verdict(failure.code(), failure.reason());
  }

  public boolean cancelled() {
    return code == FailureCode.CANCELLED;
  }
}
