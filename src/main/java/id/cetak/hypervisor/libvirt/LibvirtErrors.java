package id.cetak.hypervisor.libvirt;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.libvirt.Error;
import org.libvirt.Error.ErrorDomain;
import org.libvirt.Error.ErrorNumber;

/**
 * The one place that knows what libvirt's error codes mean. What it does not know may have
 * happened: it is {@code OUTCOME_UNKNOWN}, and never something that passes by itself.
 */
final class LibvirtErrors {
  /** What the failed call was about to do. */
  enum Phase {
    /** Opening the connection: the call itself was not begun. */
    OPEN,
    /** Reading: it had no effect, whatever became of it. */
    LOOK,
    /** Changing something. */
    CHANGE
  }

  /** libvirt finds the connection closed before it sends; English, or the rule is not used. */
  private static final Pattern NOT_SENT = Pattern.compile("client socket is closed");

  /** Ends where the hook's own words begin. */
  private static final Pattern HOOK_PREAMBLE =
      Pattern.compile(".*?unexpected exit status \\d+: ", Pattern.DOTALL);

  private static final int MESSAGE_LIMIT = 1000;

  private LibvirtErrors() {}

  /**
   * @param what the call and the name it was for, such as {@code Start of domain web-1}
   */
  static Failure failure(String what, Phase phase, @Nullable Error error) {
    return error == null
        ? failure(what, phase, ErrorNumber.VIR_ERR_UNKNOWN, ErrorDomain.VIR_FROM_NONE, null)
        : failure(what, phase, error.getCode(), error.getDomain(), error.getMessage());
  }

  static Failure failure(
      String what, Phase phase, ErrorNumber number, ErrorDomain domain, @Nullable String message) {
    FailureCode code = code(phase, number, domain, message == null ? "" : message);
    return new Failure(code, what + ": " + words(message, number) + ". " + whatNext(code));
  }

  /** A failure that is none of libvirt's making, in the same form. */
  static Failure failure(FailureCode code, String what, String why) {
    return new Failure(code, what + ": " + why + ". " + whatNext(code));
  }

  static Failure unknownDomain(String what) {
    return failure(FailureCode.DOMAIN_UNKNOWN, what, "libvirt knows no domain with this UUID");
  }

  /** Whether the connection failed, so that this is no answer to what was asked. */
  static boolean isLinkFault(@Nullable Error error) {
    return error == null || isLinkFault(error.getCode(), error.getDomain());
  }

  /** What libvirt or its hook said, without a full stop, fit for a sentence. */
  static String words(@Nullable String message, ErrorNumber number) {
    if (message == null || message.isBlank()) {
      return "libvirt gives no reason (" + number + ")";
    }
    String own = message;
    if (number == ErrorNumber.VIR_ERR_HOOK_SCRIPT_FAILED) {
      own = "refused by the hook: " + HOOK_PREAMBLE.matcher(message).replaceFirst("");
    }
    own = own.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("\\.+$", "");
    own = own.length() <= MESSAGE_LIMIT ? own : own.substring(0, MESSAGE_LIMIT) + "...";
    return switch (number) {
      // polkit goes by the list of members, whatever groups a service manager gives.
      case VIR_ERR_AUTH_FAILED, VIR_ERR_AUTH_CANCELLED, VIR_ERR_AUTH_UNAVAILABLE ->
          own + " (the worker's user must be a member of the group libvirt)";
      default -> own;
    };
  }

  private static FailureCode code(
      Phase phase, ErrorNumber number, ErrorDomain domain, String message) {
    boolean nothingHappened =
        phase == Phase.OPEN
            || (phase == Phase.LOOK && isLinkFault(number, domain))
            || (domain == ErrorDomain.VIR_FROM_RPC && NOT_SENT.matcher(message).find());
    return nothingHappened ? FailureCode.HYPERVISOR_UNAVAILABLE : answer(number);
  }

  private static boolean isLinkFault(ErrorNumber number, ErrorDomain domain) {
    return domain == ErrorDomain.VIR_FROM_RPC
        || switch (number) {
          case VIR_ERR_NO_CONNECT, VIR_ERR_INVALID_CONN, VIR_ERR_RPC -> true;
          default -> false;
        };
  }

  private static FailureCode answer(ErrorNumber number) {
    return switch (number) {
      case VIR_ERR_NO_CONNECT, VIR_ERR_INVALID_CONN -> FailureCode.HYPERVISOR_UNAVAILABLE;
      case VIR_ERR_DOM_EXIST -> FailureCode.NAME_TAKEN;
      case VIR_ERR_NO_DOMAIN -> FailureCode.DOMAIN_UNKNOWN;
      case VIR_ERR_XML_ERROR,
          VIR_ERR_XML_DETAIL,
          VIR_ERR_XML_INVALID_SCHEMA,
          VIR_ERR_CONFIG_UNSUPPORTED,
          VIR_ERR_NO_SUPPORT,
          VIR_ERR_OPERATION_UNSUPPORTED,
          VIR_ERR_ARGUMENT_UNSUPPORTED,
          VIR_ERR_INVALID_ARG,
          VIR_ERR_OS_TYPE,
          VIR_ERR_NO_KERNEL,
          VIR_ERR_NO_ROOT,
          VIR_ERR_NO_SOURCE,
          VIR_ERR_NO_TARGET,
          VIR_ERR_NO_NAME,
          VIR_ERR_NO_OS,
          VIR_ERR_NO_DEVICE,
          VIR_ERR_INVALID_MAC,
          VIR_ERR_NO_NETWORK,
          VIR_ERR_CPU_INCOMPATIBLE,
          VIR_ERR_OPERATION_INVALID,
          VIR_ERR_OPERATION_DENIED,
          VIR_ERR_ACCESS_DENIED,
          VIR_ERR_HOOK_SCRIPT_FAILED ->
          FailureCode.HYPERVISOR_REFUSED;
      default -> FailureCode.OUTCOME_UNKNOWN;
    };
  }

  private static String whatNext(FailureCode code) {
    return switch (code) {
      case HYPERVISOR_UNAVAILABLE ->
          "Nothing was changed; it is tried again. If this goes on, look at libvirtd on this host.";
      case NAME_TAKEN -> "Choose another name, or remove that domain.";
      case DOMAIN_UNKNOWN -> "Nothing was changed; name a domain that exists on this host.";
      case HYPERVISOR_REFUSED ->
          "It is not tried again: change what was asked for, or the host, and send the command"
              + " again.";
      default ->
          "It may or may not have happened; the state is looked at before anything else is done.";
    };
  }
}
