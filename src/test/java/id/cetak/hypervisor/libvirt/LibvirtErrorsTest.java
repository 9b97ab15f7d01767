package id.cetak.hypervisor.libvirt;

import static id.cetak.failure.FailureCode.DOMAIN_UNKNOWN;
import static id.cetak.failure.FailureCode.HYPERVISOR_REFUSED;
import static id.cetak.failure.FailureCode.HYPERVISOR_UNAVAILABLE;
import static id.cetak.failure.FailureCode.NAME_TAKEN;
import static id.cetak.failure.FailureCode.OUTCOME_UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.libvirt.Error.ErrorDomain.VIR_FROM_DOM;
import static org.libvirt.Error.ErrorDomain.VIR_FROM_QEMU;
import static org.libvirt.Error.ErrorDomain.VIR_FROM_RPC;
import static org.libvirt.Error.ErrorDomain.VIR_FROM_XML;
import static org.libvirt.Error.ErrorNumber.*;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.failure.FailureKind;
import id.cetak.hypervisor.libvirt.LibvirtErrors.Phase;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.libvirt.Error.ErrorDomain;
import org.libvirt.Error.ErrorNumber;

class LibvirtErrorsTest {
  static Stream<Arguments> table() {
    return Stream.of(
        // Nothing was sent.
        row(Phase.OPEN, VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, HYPERVISOR_UNAVAILABLE),
        row(Phase.OPEN, VIR_ERR_AUTH_FAILED, VIR_FROM_RPC, HYPERVISOR_UNAVAILABLE),
        row(Phase.CHANGE, VIR_ERR_INVALID_CONN, VIR_FROM_DOM, HYPERVISOR_UNAVAILABLE),
        row(Phase.CHANGE, VIR_ERR_NO_CONNECT, VIR_FROM_DOM, HYPERVISOR_UNAVAILABLE),
        // The connection broke: a look-up had no effect, a change may have had one.
        row(Phase.LOOK, VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, HYPERVISOR_UNAVAILABLE),
        row(Phase.LOOK, VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, HYPERVISOR_UNAVAILABLE),
        row(Phase.CHANGE, VIR_ERR_SYSTEM_ERROR, VIR_FROM_RPC, OUTCOME_UNKNOWN),
        row(Phase.CHANGE, VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, OUTCOME_UNKNOWN),
        row(Phase.CHANGE, VIR_ERR_RPC, VIR_FROM_RPC, OUTCOME_UNKNOWN),
        // libvirt will not have it.
        row(Phase.CHANGE, VIR_ERR_XML_ERROR, VIR_FROM_XML, HYPERVISOR_REFUSED),
        row(Phase.CHANGE, VIR_ERR_XML_INVALID_SCHEMA, VIR_FROM_XML, HYPERVISOR_REFUSED),
        row(Phase.CHANGE, VIR_ERR_CONFIG_UNSUPPORTED, VIR_FROM_QEMU, HYPERVISOR_REFUSED),
        row(Phase.CHANGE, VIR_ERR_NO_NETWORK, VIR_FROM_QEMU, HYPERVISOR_REFUSED),
        row(Phase.CHANGE, VIR_ERR_OPERATION_DENIED, VIR_FROM_QEMU, HYPERVISOR_REFUSED),
        row(Phase.CHANGE, VIR_ERR_OPERATION_INVALID, VIR_FROM_QEMU, HYPERVISOR_REFUSED),
        row(Phase.CHANGE, VIR_ERR_ACCESS_DENIED, VIR_FROM_QEMU, HYPERVISOR_REFUSED),
        row(Phase.CHANGE, VIR_ERR_HOOK_SCRIPT_FAILED, VIR_FROM_QEMU, HYPERVISOR_REFUSED),
        row(Phase.CHANGE, VIR_ERR_DOM_EXIST, VIR_FROM_QEMU, NAME_TAKEN),
        row(Phase.CHANGE, VIR_ERR_NO_DOMAIN, VIR_FROM_QEMU, DOMAIN_UNKNOWN),
        // It does not say.
        row(Phase.CHANGE, VIR_ERR_INTERNAL_ERROR, VIR_FROM_QEMU, OUTCOME_UNKNOWN),
        row(Phase.CHANGE, VIR_ERR_OPERATION_FAILED, VIR_FROM_QEMU, OUTCOME_UNKNOWN),
        row(Phase.CHANGE, VIR_ERR_OPERATION_TIMEOUT, VIR_FROM_QEMU, OUTCOME_UNKNOWN),
        row(Phase.CHANGE, VIR_ERR_NO_MEMORY, VIR_FROM_QEMU, OUTCOME_UNKNOWN),
        row(Phase.LOOK, VIR_ERR_INTERNAL_ERROR, VIR_FROM_QEMU, OUTCOME_UNKNOWN));
  }

  @ParameterizedTest
  @MethodSource("table")
  void a_code_means(Phase phase, ErrorNumber number, ErrorDomain domain, FailureCode code) {
    assertThat(failure(phase, number, domain, "some reason").code()).isEqualTo(code);
  }

  /** The connection's own faults aside, nothing that libvirt says passes by itself. */
  @ParameterizedTest
  @EnumSource(
      value = ErrorNumber.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"VIR_ERR_NO_CONNECT", "VIR_ERR_INVALID_CONN"})
  void an_error_during_a_change_is_never_transient(ErrorNumber number) {
    assertThat(failure(Phase.CHANGE, number, VIR_FROM_QEMU, "some reason").kind())
        .isNotEqualTo(FailureKind.TRANSIENT);
  }

  @Test
  void a_code_that_it_does_not_know_is_unknown() {
    assertThat(failure(Phase.CHANGE, VIR_ERR_UNKNOWN, VIR_FROM_QEMU, "new").code())
        .isEqualTo(OUTCOME_UNKNOWN);
    assertThat(LibvirtErrors.failure("Start of domain 'web-1'", Phase.CHANGE, null).code())
        .isEqualTo(OUTCOME_UNKNOWN);
  }

  @Test
  void a_change_that_was_never_sent_did_not_happen() {
    String notSent = "internal error: client socket is closed";
    assertThat(failure(Phase.CHANGE, VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, notSent).code())
        .isEqualTo(HYPERVISOR_UNAVAILABLE);
    assertThat(failure(Phase.CHANGE, VIR_ERR_INTERNAL_ERROR, VIR_FROM_QEMU, notSent).code())
        .isEqualTo(OUTCOME_UNKNOWN);
  }

  @Test
  void a_reason_says_what_failed_on_which_name_why_and_what_to_do() {
    assertThat(
            failure(
                    Phase.CHANGE,
                    VIR_ERR_CONFIG_UNSUPPORTED,
                    VIR_FROM_QEMU,
                    "unsupported configuration: no such machine.\n")
                .reason())
        .isEqualTo(
            "Start of domain 'web-1': unsupported configuration: no such machine. It is not tried"
                + " again: change what was asked for, or the host, and send the command again.");
  }

  @Test
  void a_veto_is_told_in_the_hooks_own_words() {
    String message =
        """
        Hook script execution failed: internal error: Child process (LC_ALL=C PATH=/usr/bin \
        /etc/libvirt/hooks/qemu.d/10-seal web-1 prepare begin -) unexpected exit status 1: \
        sealed: web 4
        ask the owner
        """;
    assertThat(failure(Phase.CHANGE, VIR_ERR_HOOK_SCRIPT_FAILED, VIR_FROM_QEMU, message).reason())
        .startsWith("Start of domain 'web-1': refused by the hook: sealed: web 4; ask the owner. ");
  }

  @Test
  void a_message_is_missing_or_endless() {
    assertThat(failure(Phase.CHANGE, VIR_ERR_NO_MEMORY, VIR_FROM_QEMU, " ").reason())
        .contains("libvirt gives no reason (VIR_ERR_NO_MEMORY)");
    assertThat(
            failure(Phase.CHANGE, VIR_ERR_NO_MEMORY, VIR_FROM_QEMU, "x".repeat(100_000)).reason())
        .hasSizeLessThan(1300);
  }

  private static Arguments row(
      Phase phase, ErrorNumber number, ErrorDomain domain, FailureCode code) {
    return Arguments.of(phase, number, domain, code);
  }

  private static Failure failure(
      Phase phase, ErrorNumber number, ErrorDomain domain, String message) {
    return LibvirtErrors.failure("Start of domain 'web-1'", phase, number, domain, message);
  }

  @Test
  void a_user_whom_polkit_turns_away_is_told_of_the_group() {
    Failure failure =
        LibvirtErrors.failure(
            "List of domains",
            Phase.OPEN,
            VIR_ERR_AUTH_UNAVAILABLE,
            VIR_FROM_RPC,
            "authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'");
    assertThat(failure.reason())
        .contains("no polkit agent", "must be a member of the group libvirt");
  }
}
