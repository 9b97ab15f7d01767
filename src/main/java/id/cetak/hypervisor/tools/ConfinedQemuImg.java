package id.cetak.hypervisor.tools;

import id.cetak.app.CetakConfig;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.ForeignImages;
import id.cetak.hypervisor.StopSignal;
import java.nio.file.Path;
import java.time.Duration;

/**
 * qemu-img on an image of a stranger. The format is always named; the kernel bounds what the tool
 * may take, so that an image made to exhaust it ends the tool and not the host.
 */
final class ConfinedQemuImg {
  /** Of address space: many times what a sound image needs. */
  private static final long MEMORY_BYTES = 2L << 30;

  private static final Duration CHECK = Duration.ofMinutes(10);

  /** qemu-img check's word for clusters that nobody uses: a waste, and no harm. */
  private static final int LEAKS = 3;

  /** What the shell and Java make of a process that the kernel ended: 128 and the signal. */
  private static final int OVER_CPU = 128 + 24;

  private static final int OVER_FILE_SIZE = 128 + 25;

  private final CetakConfig.Tools tools;
  private final ProcessRunner runner;

  ConfinedQemuImg(CetakConfig.Tools tools, ProcessRunner runner) {
    this.tools = tools;
    this.runner = runner;
  }

  /** Compares a qcow2 image's tables with one another; writes nothing. */
  void check(Path image, StopSignal stop) throws Unfit {
    ToolCall call =
        confined("Check of image " + image, CHECK, 0)
            .args("check", "-q", "-f", "qcow2", QemuImg.absolute(image));
    ToolResult result = runner.run(call, stop);
    if (!result.succeeded() && result.exitCode() != LEAKS) {
      throw unfit("its tables contradict each other", result);
    }
  }

  /** Writes the guest's bytes into a new qcow2 image. */
  void convert(Path image, ForeignImages.Kind kind, Path target, CopyWatch watch) throws Unfit {
    // The tables of the new image take an eight-thousandth of it; the rest is room to breathe.
    long mostBytes = kind.virtualSizeBytes() + kind.virtualSizeBytes() / 64 + (64L << 20);
    ToolCall call =
        confined("Conversion of image " + image, tools.timeout(), mostBytes)
            .args("convert", "-W", "-f", kind.format(), "-O", "qcow2", "-o", "compat=1.1")
            .args(QemuImg.absolute(image), QemuImg.absolute(target))
            .writing(target);
    ToolResult result = runner.run(call, watch);
    if (result.succeeded()) {
      return;
    }
    if (result.exitCode() == OVER_CPU || result.exitCode() == OVER_FILE_SIZE) {
      throw unfit("it unfolds to more than its disk could hold", result);
    }
    throw ToolFailure.of(call, result, FailureCode.HYPERVISOR_REFUSED);
  }

  /** No core files either: one could be as large as the memory. */
  private ToolCall confined(String what, Duration timeout, long fileBytes) {
    return ToolCall.of(what, timeout, "prlimit")
        .args("--as=" + MEMORY_BYTES, "--core=0", "--cpu=" + timeout.toSeconds())
        .args("--fsize=" + fileBytes, "--", tools.qemuImg())
        // Each thread's own heap would take a share of the address space.
        .with("MALLOC_ARENA_MAX", "2");
  }

  private static Unfit unfit(String why, ToolResult result) {
    String words = result.lastWords();
    return new Unfit(words.isEmpty() ? why : why + " (qemu-img: " + words + ")");
  }
}
