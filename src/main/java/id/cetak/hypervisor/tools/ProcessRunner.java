package id.cetak.hypervisor.tools;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.StopSignal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a child tool and waits for it. The child never outlives its call, nor the worker:
 *
 * <pre>
 * setpriv --pdeathsig KILL       the kernel kills it when the thread that started it dies
 *   sh: is the parent still us?  closes the gap between fork and setpriv
 *     flock FILE                 an exclusive lock on each file it writes, held by the tool itself
 *       tool ARGUMENTS...        an array from end to end, a clean environment, stdin empty
 * </pre>
 *
 * The lock outlives even a worker that was killed: while a tool still writes, the next one on the
 * same file is refused. Starting and waiting happen on the caller's own thread, which is what
 * pdeathsig follows.
 */
@ApplicationScoped
class ProcessRunner {
  private static final long LOOK_MILLIS = 20;
  private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final int LOCK_CONFLICT = 75;

  /** What a child sees of the worker's environment; all else may hold secrets. */
  private static final List<String> INHERITED =
      List.of(
          "PATH",
          "HOME",
          "LIBGUESTFS_HV",
          "LIBGUESTFS_PATH",
          "SUPERMIN_KERNEL",
          "SUPERMIN_MODULES",
          "CETAK_BARRIER_CONF");

  private final Duration grace;

  ProcessRunner() {
    this(Duration.ofSeconds(5));
  }

  /**
   * @param grace how long an ended child and its children have before they are killed
   */
  ProcessRunner(Duration grace) {
    this.grace = grace;
  }

  ToolResult run(ToolCall call, StopSignal stop) {
    return run(call, stop, line -> {});
  }

  /**
   * Runs the tool to its end.
   *
   * @param listener hears each line, on this thread
   * @throws Failure {@code IN_USE} when an earlier tool still writes one of the call's files,
   *     {@code TOOL_FAILED} when it cannot be started or takes longer than the call's timeout
   * @throws RuntimeException what {@code stop} threw; the child and its children are gone by then
   */
  ToolResult run(ToolCall call, StopSignal stop, Consumer<String> listener) {
    stop.check();
    Process process = start(call);
    try {
      var output = new OutputTail(process.getInputStream(), listener);
      var errors = new OutputTail(process.getErrorStream(), listener);
      watch(process, call, stop, List.of(output, errors));
      var result = new ToolResult(process.exitValue(), output.text(), errors.text());
      if (result.exitCode() == LOCK_CONFLICT && !call.writes().isEmpty()) {
        throw new Failure(
            FailureCode.IN_USE,
            call.what()
                + ": an earlier tool still writes the same file. Tried again when it ends.");
      }
      return result;
    } catch (IOException e) {
      throw new Failure(FailureCode.TOOL_FAILED, call.what() + ": its output was lost.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(
          FailureCode.TOOL_FAILED, call.what() + ": ended, because the worker is stopping.", e);
    } finally {
      end(process);
    }
  }

  /**
   * Runs the tool and insists on exit code 0.
   *
   * @throws Failure {@code NO_SPACE} or {@code IN_USE} when its words say so, else {@code
   *     otherwise} with its last words
   */
  ToolResult succeed(ToolCall call, FailureCode otherwise, StopSignal stop) {
    ToolResult result = run(call, stop);
    if (!result.succeeded()) {
      throw ToolFailure.of(call, result, otherwise);
    }
    return result;
  }

  private static Process start(ToolCall call) {
    var builder = new ProcessBuilder(wrapped(call));
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(INHERITED);
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("LIBGUESTFS_BACKEND", "direct");
    environment.putAll(call.environment());
    builder.directory(new File("/"));
    builder.redirectInput(new File("/dev/null"));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new Failure(
          FailureCode.TOOL_FAILED,
          call.what() + ": setpriv cannot be started (" + e.getMessage() + "). Install util-linux.",
          e);
    }
  }

  private static List<String> wrapped(ToolCall call) {
    List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "--"));
    command.addAll(List.of("sh", "-c", "[ \"$PPID\" = \"$0\" ] || exit 70; exec \"$@\""));
    command.add(Long.toString(ProcessHandle.current().pid()));
    for (Path file : call.writes()) {
      command.addAll(List.of("flock", "--no-fork", "--nonblock", "--conflict-exit-code"));
      command.addAll(List.of(Integer.toString(LOCK_CONFLICT), file.toString()));
    }
    command.addAll(call.command());
    return command;
  }

  private static void watch(
      Process process, ToolCall call, StopSignal stop, List<OutputTail> outputs)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    long asked = start;
    boolean ended = false;
    while (!ended) {
      ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      for (OutputTail output : outputs) {
        output.drain();
      }
      long now = System.nanoTime();
      if (!ended && now - asked >= ASK_NANOS) {
        asked = now;
        stop.check();
        if (now - start > call.timeout().toNanos()) {
          throw new Failure(
              FailureCode.TOOL_FAILED,
              call.what() + ": not done within " + call.timeout() + ", so it was ended.");
        }
      }
    }
  }

  /** Ends the child and its children, and returns when they are gone; killed ones are soon. */
  private void end(Process process) {
    if (!process.isAlive()) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
    family.add(process.toHandle());
    process.destroy();
    interrupted |= awaitEnd(process, family);
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    family.forEach(ProcessHandle::destroyForcibly);
    interrupted |= awaitEnd(process, family);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until all are gone, at most the grace. @return whether the thread was interrupted */
  private boolean awaitEnd(Process process, List<ProcessHandle> family) {
    long start = System.nanoTime();
    boolean interrupted = false;
    while (System.nanoTime() - start < grace.toNanos()
        && family.stream().anyMatch(ProcessHandle::isAlive)) {
      try {
        // Wakes at once when the child ends; its children have no such call.
        if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
          TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
