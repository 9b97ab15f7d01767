package id.cetak.hypervisor.tools;

import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Images made by QEMU's own tools, and file systems to put them on. */
final class ImageLab {
  static final long MIB = 1 << 20;

  private ImageLab() {}

  static ImageTools images(Path folder) {
    return images(folder, Map.of());
  }

  static ImageTools images(Path folder, Map<String, String> settings) {
    return new ImageTools(ToolsConfig.in(folder, settings), new ProcessRunner());
  }

  /** A flat qcow2 of this size whose content is chance. */
  static Path flat(Path image, int sizeMiB) throws IOException {
    Path raw = image.resolveSibling(image.getFileName() + ".raw");
    byte[] content = new byte[(int) MIB];
    var random = new Random(7);
    try (var out = Files.newOutputStream(raw)) {
      for (int n = 0; n < sizeMiB; n++) {
        random.nextBytes(content);
        out.write(content);
      }
    }
    tool("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), image.toString());
    Files.delete(raw);
    return image;
  }

  interface Use {
    void of(Path mount) throws Exception;
  }

  /** A file system in a file, for as long as it is used. */
  static void mounted(Path folder, String type, int sizeMiB, Use use) throws Exception {
    Path file = folder.resolve(type + ".img");
    Path mount = Files.createDirectory(folder.resolve(type));
    tool("truncate", "-s", sizeMiB + "M", file.toString());
    tool("mkfs." + type, file.toString());
    tool("mount", "-o", "loop", file.toString(), mount.toString());
    try {
      use.of(mount);
    } finally {
      tool("umount", mount.toString());
      Files.delete(file);
    }
  }

  /** Where a tool is missing a test cannot be made; the lab has all of them. */
  static BooleanSupplier has(String program) {
    return () ->
        new ProcessRunner()
            .run(
                ToolCall.of(program, Duration.ofSeconds(10), "which").args(program),
                StopSignal.NEVER)
            .succeeded();
  }

  static ToolResult tool(String program, String... args) {
    ToolCall call = ToolCall.of(program, Duration.ofSeconds(60), program).args(args);
    return new ProcessRunner().succeed(call, FailureCode.TOOL_FAILED, StopSignal.NEVER);
  }
}
