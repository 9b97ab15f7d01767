package id.cetak.hypervisor.tools;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One call of a child tool.
 *
 * @param what what the call does and on which file, as the beginning of an error sentence
 * @param command the program and its arguments; never passes a shell
 * @param timeout after this the child is ended
 * @param writes files that the child writes: it holds an exclusive lock on each while it lives
 * @param environment variables beyond the runner's own
 */
record ToolCall(
    String what,
    List<String> command,
    Duration timeout,
    List<Path> writes,
    Map<String, String> environment) {

  ToolCall {
    command = List.copyOf(command);
    writes = List.copyOf(writes);
    environment = Map.copyOf(environment);
    for (Path file : writes) {
      if (!file.isAbsolute()) {
        throw new IllegalArgumentException(file + " is not absolute");
      }
    }
  }

  static ToolCall of(String what, Duration timeout, String program) {
    return new ToolCall(what, List.of(program), timeout, List.of(), Map.of());
  }

  /** The same call with further arguments. */
  ToolCall args(String... more) {
    var all = Stream.concat(command.stream(), Stream.of(more)).toList();
    return new ToolCall(what, all, timeout, writes, environment);
  }

  /** The same call, holding an exclusive lock on this file too; it is created when missing. */
  ToolCall writing(Path file) {
    var all = Stream.concat(writes.stream(), Stream.of(file)).toList();
    return new ToolCall(what, command, timeout, all, environment);
  }

  ToolCall with(String variable, String value) {
    var all = new LinkedHashMap<>(environment);
    all.put(variable, value);
    return new ToolCall(what, command, timeout, writes, all);
  }
}
