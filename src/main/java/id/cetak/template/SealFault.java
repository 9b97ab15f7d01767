package id.cetak.template;

import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing about a domain that forbids its seal.
 *
 * @param problem what is said of the domain, such as {@code it is transient}
 * @param remedy empty when the problem says it all
 */
record SealFault(FailureCode code, String problem, String remedy) {
  private static final String REFUSED = "Domain '%s' cannot be sealed into template '%s': %s.";

  static SealFault unfit(String problem, String remedy) {
    return new SealFault(FailureCode.DOMAIN_UNFIT, problem, remedy);
  }

  /** This one as a failure of its own. */
  Failure refusal(Command.Sysprep command) {
    return Failure.of(
        code, REFUSED.formatted(command.domain(), command.template(), problem), remedy);
  }

  /** All of them as one failure. */
  static Failure refusal(Command.Sysprep command, List<SealFault> faults) {
    boolean alike = faults.stream().map(SealFault::code).distinct().count() == 1;
    return Failure.of(
        alike ? faults.get(0).code() : FailureCode.DOMAIN_UNFIT,
        REFUSED.formatted(
            command.domain(),
            command.template(),
            faults.stream().map(SealFault::text).collect(Collectors.joining("; "))),
        "The domain is untouched.");
  }

  private String text() {
    return remedy.isEmpty() ? problem : "%s (%s)".formatted(problem, remedy);
  }
}
