package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.StopSignal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessRunnerTest {
  private final ProcessRunner runner = new ProcessRunner(Duration.ofSeconds(1));

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  @Test
  void tells_exit_code_output_and_errors() {
    ToolResult result = runner.run(shell("echo out; echo err >&2; exit 3"), StopSignal.NEVER);

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.output()).isEqualTo("out\n");
    assertThat(result.errors()).isEqualTo("err\n");
  }

  @Test
  void arguments_stay_arguments() {
    String hostile = "a b; echo $(id) `id` 'x\" -rf * \n";
    ToolCall call = ToolCall.of("test", Duration.ofSeconds(20), "printf").args("%s", hostile);

    assertThat(runner.run(call, StopSignal.NEVER).output()).isEqualTo(hostile);
  }

  @Test
  void child_sees_only_the_allowed_environment_and_no_input() {
    ToolResult result = runner.run(shell("cat; env").with("ADDED", "yes"), StopSignal.NEVER);

    assertThat(result.output().lines().map(line -> line.split("=", -1)[0]))
        .contains("PATH", "LC_ALL", "LIBGUESTFS_BACKEND", "ADDED")
        .isSubsetOf(
            "PATH", "HOME", "LC_ALL", "LIBGUESTFS_BACKEND", "ADDED", "PWD", "SHLVL", "_", "OLDPWD");
  }

  @Test
  void flood_on_both_pipes_neither_blocks_nor_grows() {
    String flood = "i=0; while [ $i -lt 3000 ]; do printf '%01000d' $i; printf '%01000d' $i >&2;";
    ToolResult result = runner.run(shell(flood + " i=$((i+1)); done; echo end"), StopSignal.NEVER);

    assertThat(result.output()).hasSize(OutputTail.KEPT_BYTES).endsWith("2999end\n");
    assertThat(result.errors()).hasSize(OutputTail.KEPT_BYTES).endsWith("2999");
  }

  @Test
  void carriage_returns_and_line_feeds_both_end_a_line() {
    List<String> lines = new ArrayList<>();
    runner.run(
        shell("printf ' (1/100%%)\\r (2/100%%)\\r\\ndone\\n'"), StopSignal.NEVER, lines::add);

    assertThat(lines).containsExactly("(1/100%)", "(2/100%)", "done");
  }

  @Test
  void timeout_ends_the_child_and_its_children() throws IOException {
    ToolCall call = script(Duration.ofMillis(500), "sleep 300 & echo $! >child; wait");

    assertThatThrownBy(() -> runner.run(call, StopSignal.NEVER))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.TOOL_FAILED))
        .hasMessageContaining("not done within PT0.5S");
    assertThat(isAlive(folder.resolve("child"))).isFalse();
  }

  @Test
  void stop_signal_goes_on_only_after_a_stubborn_child_is_gone() throws IOException {
    ToolCall call =
        script(Duration.ofSeconds(50), "trap '' TERM; echo $$ >child; while :; do sleep 1; done");
    StopSignal stop =
        () -> {
          if (Files.exists(folder.resolve("child"))) {
            throw new IllegalStateException("lease lost");
          }
        };

    assertThatThrownBy(() -> runner.run(call, stop)).hasMessage("lease lost");
    assertThat(isAlive(folder.resolve("child"))).isFalse();
  }

  @Test
  void stopped_before_it_starts_nothing_runs() {
    StopSignal stop =
        () -> {
          throw new IllegalStateException("cancelled");
        };

    assertThatThrownBy(() -> runner.run(shell("touch " + folder.resolve("ran")), stop))
        .hasMessage("cancelled");
    assertThat(folder.resolve("ran")).doesNotExist();
  }

  @Test
  void interrupted_worker_thread_takes_the_child_with_it() throws Exception {
    ToolCall call = script(Duration.ofSeconds(50), "echo $$ >child; sleep 300");
    AtomicReference<Optional<Failure>> thrown = new AtomicReference<>(Optional.empty());
    Thread worker =
        new Thread(
            () -> {
              try {
                runner.run(call, StopSignal.NEVER);
              } catch (Failure e) {
                thrown.set(Optional.of(e));
              }
            });
    worker.start();
    await().until(() -> pid(folder.resolve("child")).isPresent());
    worker.interrupt();
    worker.join(TimeUnit.SECONDS.toMillis(20));

    assertThat(thrown.get())
        .hasValueSatisfying(f -> assertThat(f).hasMessageContaining("stopping"));
    assertThat(isAlive(folder.resolve("child"))).isFalse();
  }

  @Test
  void second_writer_of_a_file_is_refused_while_the_first_lives() throws Exception {
    Path image = folder.resolve("image.part");
    ToolCall slow = script(Duration.ofSeconds(50), "echo $$ >child; sleep 300").writing(image);
    Thread first =
        new Thread(
            () ->
                assertThatThrownBy(() -> runner.run(slow, StopSignal.NEVER))
                    .isInstanceOf(Failure.class));
    first.start();
    await().until(() -> pid(folder.resolve("child")).isPresent());
    try {
      assertThatThrownBy(() -> runner.run(shell("true").writing(image), StopSignal.NEVER))
          .isInstanceOfSatisfying(
              Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.IN_USE));
    } finally {
      first.interrupt();
      first.join(TimeUnit.SECONDS.toMillis(20));
    }
    assertThat(runner.run(shell("true").writing(image), StopSignal.NEVER).succeeded()).isTrue();
  }

  @Test
  void killed_worker_takes_its_child_along() throws Exception {
    Path child = folder.resolve("child");
    Process worker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DyingWorker.class.getName(),
                child.toString())
            .redirectErrorStream(true)
            .redirectOutput(new File("/dev/null"))
            .start();
    await().atMost(Duration.ofSeconds(30)).until(() -> pid(child).isPresent());
    long pid = pid(child).orElseThrow();
    assertThat(runs(pid)).isTrue();
    worker.destroyForcibly().waitFor();

    await().atMost(Duration.ofSeconds(10)).until(() -> !runs(pid));
  }

  @Test
  void missing_tool_is_named_in_the_last_words() {
    ToolCall call = ToolCall.of("Nothing", Duration.ofSeconds(9), "no-such-tool");

    assertThatThrownBy(() -> runner.succeed(call, FailureCode.TOOL_FAILED, StopSignal.NEVER))
        .hasMessageContaining("no-such-tool")
        .hasMessageContaining("not found");
  }

  @Test
  void lack_of_space_is_told_apart() {
    ToolCall call =
        shell("echo 'error while writing: No space left on device' >&2; exit 1")
            .writing(folder.resolve("image"));

    assertThatThrownBy(() -> runner.succeed(call, FailureCode.TOOL_FAILED, StopSignal.NEVER))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.NO_SPACE))
        .hasMessageMatching("(?s).*[0-9.]+ MiB( and \\d+ files)? are free.*");
  }

  /** The main program of the worker that is killed. */
  static final class DyingWorker {
    public static void main(String[] args) {
      ToolCall call =
          ToolCall.of("test", Duration.ofMinutes(5), "sh")
              .args("-c", "echo $$ >\"$0\"; exec sleep 300", args[0]);
      new ProcessRunner().run(call, StopSignal.NEVER);
    }
  }

  private ToolCall script(Duration timeout, String text) throws IOException {
    return ToolCall.of("test", timeout, "sh").args("-c", "cd \"$0\"; " + text, folder.toString());
  }

  private static ToolCall shell(String text) {
    return ToolCall.of("test", Duration.ofSeconds(50), "sh").args("-c", text);
  }

  private static Optional<Long> pid(Path file) {
    try {
      String text = Files.exists(file) ? Files.readString(file).strip() : "";
      return text.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(text));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean isAlive(Path file) {
    return runs(pid(file).orElseThrow());
  }

  /** A process that only waits to be reaped does not run. */
  private static boolean runs(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }
}
