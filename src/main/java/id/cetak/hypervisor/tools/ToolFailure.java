package id.cetak.hypervisor.tools;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.FreeSpace;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** Turns what a tool or the file system said into a code and a sentence. */
final class ToolFailure {
  private ToolFailure() {}

  static Failure of(ToolCall call, ToolResult result, FailureCode otherwise) {
    if (Stream.of("No space left on device", "Disk quota exceeded").anyMatch(result::says)) {
      return noSpace(call.what(), call.writes().isEmpty() ? Path.of("/") : call.writes().get(0));
    }
    if (Stream.of("Failed to get \"write\" lock", "Failed to get shared \"write\" lock")
        .anyMatch(result::says)) {
      return new Failure(
          FailureCode.IN_USE,
          call.what() + ": a running QEMU holds the image. Tried again when it is free.");
    }
    String words = result.lastWords();
    return new Failure(otherwise, call.what() + ": " + words + (words.endsWith(".") ? "" : "."));
  }

  static Failure of(String what, Path file, IOException cause) {
    String why = String.valueOf(cause.getMessage());
    if (why.contains("No space left on device") || why.contains("Disk quota exceeded")) {
      return noSpace(what, file);
    }
    if (cause instanceof AccessDeniedException) {
      return new Failure(
          FailureCode.HYPERVISOR_REFUSED,
          what + ": the worker may not touch " + why + ". Give its user or group access.",
          cause);
    }
    return new Failure(
        FailureCode.TOOL_FAILED,
        what + ": " + cause.getClass().getSimpleName() + " " + why + ".",
        cause);
  }

  static Failure noSpace(String what, Path file) {
    FreeSpace room = FileSystemRoom.of(file);
    // "No space left" is also what a file system says that has bytes, but can take no more files.
    String files = room.inodes() == Long.MAX_VALUE ? "" : " and %d files".formatted(room.inodes());
    return new Failure(
        FailureCode.NO_SPACE,
        String.format(
            Locale.ROOT,
            "%s: the file system of %s has run out of space, %.1f MiB%s are free. Tried again later; free space there, or cancel.",
            what,
            file,
            room.bytes() / 1048576.0,
            files));
  }
}
