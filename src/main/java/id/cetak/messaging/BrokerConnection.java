package id.cetak.messaging;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/** A connection that can be ended even while another thread is stuck in writing to it. */
final class BrokerConnection implements AutoCloseable {
  private static final int CLOSE_MILLIS = 1_000;

  private final Connection connection;
  private final @Nullable Socket socket;

  BrokerConnection(Connection connection, @Nullable Socket socket) {
    this.connection = connection;
    this.socket = socket;
  }

  Connection connection() {
    return connection;
  }

  boolean isOpen() {
    return connection.isOpen();
  }

  Channel channel() throws IOException {
    Channel channel = connection.createChannel();
    if (channel == null) {
      throw new IOException(
          "RabbitMQ gave no channel: the connection's limit of channels is reached");
    }
    return channel;
  }

  /** Ends it in order where the broker answers within a second, and in any case. Never throws. */
  @Override
  public void close() {
    connection.abort(CLOSE_MILLIS);
  }

  /**
   * Ends it by closing the socket. A broker that is short of memory stops reading, and a write to
   * it then waits for ever: a close frame would wait behind it. Never throws.
   */
  void kill() {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      // The descriptor is gone either way, and what is left of the connection is aborted below.
    }
    connection.abort(CLOSE_MILLIS);
  }
}
