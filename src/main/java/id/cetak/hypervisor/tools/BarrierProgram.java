package id.cetak.hypervisor.tools;

import id.cetak.app.CetakConfig.BarrierSettings;
import id.cetak.failure.Failure;
import java.time.Duration;

/** The way to the small root program: through its socket, or as a child that becomes root. */
interface BarrierProgram {
  /** A verb on a large version syncs it to disk, and waits a minute for another verb. */
  Duration TIMEOUT = Duration.ofMinutes(3);

  /**
   * Asks for a verb and waits for its end.
   *
   * @param words the verb, and the version's id if it takes one
   * @return what the program said, also when it refused
   * @throws Failure when it could not be asked, or did not answer in time
   */
  ToolResult run(String... words);

  static BarrierProgram of(BarrierSettings settings, ProcessRunner runner) {
    return settings
        .socket()
        .<BarrierProgram>map(socket -> new BarrierSocket(socket, TIMEOUT))
        .orElseGet(() -> new BarrierCommand(settings.command(), runner));
  }
}
