package id.cetak.hypervisor;

/**
 * Asked before each effect, and several times a second during a long one. It throws when the caller
 * has lost its lease, was cancelled, or is past its deadline; a child process that runs is then
 * ended before the exception goes on.
 */
@FunctionalInterface
public interface StopSignal {
  /** A signal that never stops anything; for work that must end, such as removing what was made. */
  StopSignal NEVER = () -> {};

  void check();
}
