package id.cetak.hypervisor.tools;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The root program behind a socket (deploy/systemd): one connection for each verb. A line goes
 * there, and back come the exit code and what the verb said. A verb that has begun goes on to its
 * end, whatever becomes of the worker; the program itself lets one run after the other.
 */
record BarrierSocket(Path socket, Duration timeout) implements BarrierProgram {
  private static final int MAX_ANSWER_BYTES = 1 << 20;
  private static final Pattern ANSWER = Pattern.compile("exit (\\d{1,3})\n(.*)\n", Pattern.DOTALL);

  @Override
  public ToolResult run(String... words) {
    String what = "Barrier " + String.join(" ", words);
    String answer;
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      connect(channel, what);
      channel.write(ByteBuffer.wrap(line(words)));
      channel.shutdownOutput();
      answer = read(channel);
    } catch (IOException e) {
      throw new Failure(
          FailureCode.TOOL_FAILED,
          "%s: no answer from %s (%s). See the log of cetak-barrier@.service."
              .formatted(what, socket, e.getMessage()),
          e);
    }
    Matcher parts = ANSWER.matcher(answer);
    if (!parts.matches()) {
      throw new Failure(
          FailureCode.TOOL_FAILED,
          "%s: %s gave half an answer, or none: too many connections, or the program was ended. See the log of cetak-barrier@.service."
              .formatted(what, socket));
    }
    int code = Integer.parseInt(parts.group(1));
    return new ToolResult(code, parts.group(2), "");
  }

  private void connect(SocketChannel channel, String what) {
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      throw new Failure(
          FailureCode.BARRIER_MISSING,
          "%s: nobody can be asked at %s (%s). Start cetak-barrier.socket; the worker must be in its group."
              .formatted(what, socket, e.getMessage()),
          e);
    }
  }

  private static byte[] line(String... words) {
    return (String.join(" ", words) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** All that comes until the other side closes. */
  private String read(SocketChannel channel) throws IOException {
    var answer = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    long end = System.nanoTime() + timeout.toNanos();
    try (Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      while (true) {
        int count = channel.read(buffer);
        if (count < 0) {
          return answer.toString(StandardCharsets.UTF_8);
        }
        answer.write(buffer.array(), 0, count);
        buffer.clear();
        if (answer.size() > MAX_ANSWER_BYTES) {
          throw new IOException("more than " + MAX_ANSWER_BYTES + " bytes");
        }
        long millis = Duration.ofNanos(end - System.nanoTime()).toMillis();
        if (count == 0 && (millis <= 0 || selector.select(millis) == 0)) {
          throw new SocketTimeoutException("not done within " + timeout);
        }
        selector.selectedKeys().clear();
      }
    }
  }
}
