package id.cetak.hypervisor.tools;

import id.cetak.hypervisor.StopSignal;
import java.util.List;

/** The root program as a child, which needs a worker that may become root, such as by sudo. */
record BarrierCommand(List<String> command, ProcessRunner runner) implements BarrierProgram {
  @Override
  public ToolResult run(String... words) {
    ToolCall call =
        ToolCall.of("Barrier " + String.join(" ", words), TIMEOUT, command.get(0))
            .args(command.subList(1, command.size()).toArray(String[]::new))
            .args(words);
    return runner.run(call, StopSignal.NEVER);
  }
}
