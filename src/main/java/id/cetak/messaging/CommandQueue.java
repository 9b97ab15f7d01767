package id.cetak.messaging;

import java.util.List;
import java.util.Locale;

/** The queues that hold commands. */
enum CommandQueue {
  /** Any worker may take it. */
  ANY,
  /** Meant for one host. */
  HOST,
  /** Small commands that never wait behind clones. */
  CONTROL,
  /** What could not be accepted; nobody in Cetak consumes it. */
  DEAD;

  /** Those that this worker consumes. */
  static final List<CommandQueue> CONSUMED = List.of(ANY, HOST, CONTROL);

  /** Its name on the broker. */
  String queue(String host) {
    return switch (this) {
      case ANY -> "cetak.commands.any";
      case HOST -> "cetak.commands.host." + host;
      case CONTROL -> "cetak.control";
      case DEAD -> "cetak.commands.dead";
    };
  }

  /** The routing key that leads to it from {@code cetak.commands}. */
  String routingKey(String host) {
    return switch (this) {
      case ANY -> "any";
      case HOST -> "host." + host;
      case CONTROL -> "control";
      case DEAD -> throw new IllegalStateException("Dead letters come by no routing key");
    };
  }

  /** The messaging channel that consumes it, as application.properties names it. */
  String channel() {
    return switch (this) {
      case ANY -> Channels.ANY;
      case HOST -> Channels.HOST;
      case CONTROL -> Channels.CONTROL;
      case DEAD -> throw new IllegalStateException("Dead letters are not consumed");
    };
  }

  /** The value of the metric label {@code queue}. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The names as constants, which annotations need. */
  static final class Channels {
    static final String ANY = "commands-any";
    static final String HOST = "commands-host";
    static final String CONTROL = "control";

    private Channels() {}
  }
}
