package id.cetak.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program for a test, with an argument array. */
public final class Shell {
  private Shell() {}

  /** How it ended, and what it said on both streams. */
  public record Result(int exit, String output) {
    public boolean ok() {
      return exit == 0;
    }
  }

  public static Result run(String... command) {
    return run(Map.of(), List.of(command));
  }

  public static Result run(Map<String, String> environment, List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(300, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " did not end");
      }
      return new Result(process.exitValue(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs it and demands that it works. @return what it said */
  public static String must(String... command) {
    return must(Map.of(), List.of(command));
  }

  /** Runs it with more in its environment, and demands that it works. @return what it said */
  static String must(Map<String, String> environment, List<String> command) {
    Result result = run(environment, command);
    if (!result.ok()) {
      throw new IllegalStateException(
          String.join(" ", command) + " ended with " + result.exit() + ":\n" + result.output());
    }
    return result.output();
  }
}
