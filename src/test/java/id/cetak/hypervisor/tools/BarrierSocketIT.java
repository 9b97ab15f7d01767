package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.lab.Scratch;
import id.cetak.lab.Shell;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * The root program behind its socket, as cetak-barrier.socket puts it there: systemd's own
 * activation starts one for each connection.
 */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
@Timeout(300)
class BarrierSocketIT extends BarrierContract {
  private static final List<String> NO_REQUESTS =
      List.of(
          "install\n",
          "uninstall\n",
          "serve\n",
          "\n",
          "status now\n",
          "canary --help\n",
          "status;id\n",
          "sta\0tus\n",
          "STATUS\n",
          "seal\n",
          "seal ../../../../etc\n",
          "unseal 00000000-0000-4000-8000-000000000000/../..\n",
          "unseal 00000000-0000-4000-8000-000000000000 x\n",
          "unseal  00000000-0000-4000-8000-000000000000\n",
          "unseal -rf\n",
          "verify $(id)\n",
          "verify *\n",
          "status\nunseal 00000000-0000-4000-8000-000000000000\n");

  private final List<Process> activations = new ArrayList<>();
  private final Map<Path, Path> folders = new HashMap<>();

  @Override
  Map<String, String> settings(Path conf) throws IOException {
    return Map.of("cetak.barrier.socket", socket(conf).toString());
  }

  private Path socket(Path conf) throws IOException {
    Path folder = folders.get(conf);
    if (folder == null) {
      folder = Scratch.own("cetak-socket");
      folders.put(conf, folder);
      activations.add(activate(folder, conf));
    }
    Path socket = folder.resolve("barrier.sock");
    await("socket").atMost(Duration.ofSeconds(20)).until(() -> Files.exists(socket));
    return socket;
  }

  private static Process activate(Path folder, Path conf) throws IOException {
    var builder =
        new ProcessBuilder(
            "systemd-socket-activate",
            "--accept",
            "--inetd",
            "--setenv=CETAK_BARRIER_CONF=" + conf,
            "--setenv=CETAK_BARRIER_CALLER=test",
            "--listen=" + folder.resolve("barrier.sock"),
            PROGRAM.toString(),
            "serve");
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
  }

  private Path socket() {
    return folders.values().iterator().next().resolve("barrier.sock");
  }

  @Override
  void endAsking() throws IOException {
    for (Process activation : activations) {
      activation.destroy();
      assertThat(activation.onExit().join().isAlive()).isFalse();
    }
    for (Path folder : folders.values()) {
      FolderRemoval.remove(folder);
    }
  }

  @Test
  void only_a_fixed_verb_with_the_id_of_a_version_is_done() throws IOException {
    barrier.seal(version);
    String list = Shell.must("ls", "/var/lib/cetak/barrier/sealed");
    for (String request : NO_REQUESTS) {
      assertThat(ask(request))
          .as(request)
          .startsWith("exit 1\n")
          .doesNotContain("uid=", "hook=", "canary=");
      assertThat(barrier.faults(version)).as(request).isEmpty();
      assertThat(Shell.must("ls", "/var/lib/cetak/barrier/sealed")).as(request).isEqualTo(list);
    }
  }

  @Test
  void stream_without_an_end_is_cut_off() throws IOException {
    try (SocketChannel channel = open()) {
      assertThatThrownBy(
              () -> {
                ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
                for (int sent = 0; sent < 64 << 20; sent += channel.write(bytes.rewind())) {}
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(ask("status\n")).contains("hook=installed");
  }

  @Test
  void caller_that_falls_silent_is_answered_after_seconds_and_keeps_no_other_waiting()
      throws IOException {
    long start = System.nanoTime();
    List<SocketChannel> silent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      silent.add(open());
      silent.get(i).write(ByteBuffer.wrap("status".getBytes(StandardCharsets.US_ASCII)));
    }
    assertThat(ask("status\n")).startsWith("exit 0\n");
    for (SocketChannel channel : silent) {
      assertThat(
              new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo(
              "exit 1\ncetak-barrier serve: no request of one line, 64 bytes at most, came within 5 s.\n");
      channel.close();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
  }

  @Test
  void caller_that_goes_away_leaves_a_verb_that_ends() throws IOException {
    try (SocketChannel channel = open()) {
      channel.write(
          ByteBuffer.wrap(("seal " + version + "\n").getBytes(StandardCharsets.US_ASCII)));
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> barrier.faults(version).isEmpty());
  }

  @Test
  void audit_log_names_the_caller() throws IOException {
    barrier.seal(version);
    assertThat(Files.readString(Path.of("/var/lib/cetak/barrier/audit.log")))
        .contains("seal id=" + version + " by=test ok");
  }

  @Test
  void socket_that_nobody_listens_at_is_a_missing_barrier() {
    var nobody = barrier(IMAGES, Map.of("cetak.barrier.socket", "/no/barrier.sock"));
    assertThatThrownBy(nobody::missing)
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.code()).isEqualTo(FailureCode.BARRIER_MISSING))
        .hasMessageContaining("/no/barrier.sock")
        .hasMessageContaining("cetak-barrier.socket");
  }

  private SocketChannel open() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket()));
    return channel;
  }

  private String ask(String request) throws IOException {
    try (SocketChannel channel = open()) {
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.shutdownOutput();
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
