package id.cetak.template;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.util.Optional;

/** Why a version cannot be promoted, recalled or retired as it stands. */
final class WithdrawalRefusal {
  private WithdrawalRefusal() {}

  static Failure unknown(String verb, WantedVersion wanted) {
    return new Failure(
        FailureCode.TEMPLATE_UNKNOWN,
        "%s of %s: no host has sealed this version. Correct the template's name or the number."
            .formatted(verb, wanted.label()));
  }

  /** Of a version in this state. */
  static Failure of(String verb, TemplateVersion row) {
    String what = "%s of %s: ".formatted(verb, row.label());
    return switch (row.state) {
      case SEALING ->
          new Failure(
              FailureCode.TEMPLATE_UNKNOWN,
              what + "its seal has not ended yet. Send the command again when it has.");
      case SEALED ->
          new Failure(
              FailureCode.IN_USE,
              what + "another command is retiring it. Tried again when that has ended.");
      case QUARANTINED ->
          new Failure(
              FailureCode.TEMPLATE_QUARANTINED,
              what
                  + "it is quarantined because its image was %s after the seal, and nothing is cast from it. Choose another version, or retire it."
                      .formatted(Optional.ofNullable(row.quarantinedFor).orElse("changed")));
      case RECALLED ->
          new Failure(
              FailureCode.VERSION_RECALLED,
              what
                  + "it was recalled%s, and a recall is final. Choose another version, or seal a new one."
                      .formatted(row.recalledFor == null ? "" : ", because: " + row.recalledFor));
      case RETIRED ->
          new Failure(
              FailureCode.VERSION_RETIRED,
              what
                  + "it was retired, and its images are gone. Choose another version, or seal a new"
                  + " one.");
    };
  }
}
