package id.cetak.hypervisor.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.CopyWatch;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.StopSignal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The verbs of qemu-img that Cetak uses. Formats are always named, never guessed: a raw image can
 * claim to be anything. Paths are absolute, which keeps qemu-img from reading them as options or
 * protocols.
 */
final class QemuImg {
  /** Such as {@code (12.34/100%)}. */
  private static final Pattern PROGRESS = Pattern.compile("\\((\\d{1,3}\\.\\d{2})/100%\\)");

  private static final Duration SHORT = Duration.ofMinutes(2);

  private final String program;
  private final Duration timeout;
  private final ProcessRunner runner;
  private final ObjectMapper json = new ObjectMapper();

  QemuImg(String program, Duration timeout, ProcessRunner runner) {
    this.program = program;
    this.timeout = timeout;
    this.runner = runner;
  }

  /** Works also while a VM writes the image; then it may be a moment old. */
  ImageReport info(Path image, String format, StopSignal stop) {
    return ask(image, stop, "-U", "-f", format).get(0);
  }

  /**
   * Looks at an image and everything below it, as a reader who needs it to stay still.
   *
   * @throws Failure {@code IN_USE} when a running QEMU writes it, {@code HYPERVISOR_REFUSED} when a
   *     link of the chain does not name the format of the next
   */
  List<ImageReport> quietNamedChain(Path image, String format, StopSignal stop) {
    // Only the top first: following the chain would already mean guessing.
    ImageReport top = ask(image, stop, "-f", format).get(0);
    List<ImageReport> chain =
        top.leavesBackingToGuess()
            ? List.of(top)
            : ask(image, stop, "--backing-chain", "-f", format);
    for (ImageReport link : chain) {
      if (link.leavesBackingToGuess()) {
        throw new Failure(
            FailureCode.HYPERVISOR_REFUSED,
            "Image %s: its chain names %s without a format, and guessing one could show the guest any file of the host. Name it with qemu-img rebase -u -F."
                .formatted(image, link.backing()));
      }
    }
    return chain;
  }

  void create(String what, Path overlay, Path backing, String format, StopSignal stop) {
    ToolCall call =
        ToolCall.of(what, SHORT, program)
            .args("create", "-q", "-f", "qcow2", "-o", "compat=1.1")
            .args("-F", format, "-b", absolute(backing), absolute(overlay));
    runner.succeed(call.writing(overlay), FailureCode.TOOL_FAILED, stop);
  }

  void resize(String what, Path image, long sizeBytes, StopSignal stop) {
    ToolCall call =
        ToolCall.of(what, SHORT, program)
            .args("resize", "-q", "-f", "qcow2", absolute(image), Long.toString(sizeBytes));
    runner.succeed(call.writing(image), FailureCode.TOOL_FAILED, stop);
  }

  /**
   * Writes a stand-alone qcow2 with the content of the source's whole chain.
   *
   * @param bytesPerSecond at most; each conversion has this limit for itself
   */
  void convert(Source source, Path target, OptionalLong bytesPerSecond, CopyWatch watch) {
    ToolCall call =
        ToolCall.of(source.what, timeout, program)
            .args("convert", "-W", "-p", "-f", source.format, "-O", "qcow2", "-o", "compat=1.1");
    if (bytesPerSecond.isPresent()) {
      call = call.args("-r", Long.toString(bytesPerSecond.getAsLong()));
    }
    call = call.args(absolute(source.path), absolute(target)).writing(target);
    ToolResult result = runner.run(call, watch, line -> tell(line, source.totalBytes, watch));
    if (!result.succeeded()) {
      throw ToolFailure.of(call, result, FailureCode.TOOL_FAILED);
    }
  }

  /**
   * What to convert.
   *
   * @param what the beginning of an error sentence
   * @param totalBytes what the source and its chain hold, for the progress
   */
  record Source(String what, Path path, String format, long totalBytes) {}

  private static void tell(String line, long totalBytes, CopyWatch watch) {
    Matcher progress = PROGRESS.matcher(line);
    if (progress.find()) {
      double part = Double.parseDouble(progress.group(1)) / 100;
      watch.copied((long) (part * totalBytes), totalBytes);
    }
  }

  /** Whether both images show the same bytes; an end that is missing counts as zeros. */
  boolean sameContent(GuestDisk one, GuestDisk other, StopSignal stop) {
    String what = "Comparison of " + one.image() + " with " + other.image();
    ToolCall call =
        ToolCall.of(what, timeout, program)
            .args("compare", "-q", "-U", "-f", one.format(), "-F", other.format())
            .args(absolute(one.image()), absolute(other.image()));
    ToolResult result = runner.run(call, stop);
    if (result.exitCode() > 1) {
      throw ToolFailure.of(call, result, FailureCode.TOOL_FAILED);
    }
    return result.succeeded();
  }

  static String absolute(Path path) {
    if (!path.isAbsolute()) {
      throw new Failure(FailureCode.INTERNAL, "Path " + path + " is not absolute.");
    }
    return path.toString();
  }

  private List<ImageReport> ask(Path image, StopSignal stop, String... options) {
    String what = "Look at image " + image;
    ToolCall call =
        ToolCall.of(what, SHORT, program)
            .args("info", "--output=json")
            .args(options)
            .args(absolute(image));
    String answer = runner.succeed(call, FailureCode.TOOL_FAILED, stop).output();
    try {
      JsonNode tree = json.readTree(answer);
      List<ImageReport> reports = new ArrayList<>();
      if (tree.isArray()) {
        tree.forEach(link -> reports.add(ImageReport.of(link)));
      } else {
        reports.add(ImageReport.of(tree));
      }
      return reports;
    } catch (JsonProcessingException e) {
      throw new Failure(
          FailureCode.HYPERVISOR_REFUSED,
          what
              + ": qemu-img's answer is too long or no JSON. Flatten the image by qemu-img"
              + " convert.",
          e);
    }
  }
}
