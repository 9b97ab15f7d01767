package id.cetak.messaging;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Address;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.SocketConfigurators;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Where RabbitMQ is, as the keys that the Quarkus connector reads say it: {@code rabbitmq-host} (or
 * {@code rabbitmq-addresses} for a cluster), {@code -port}, {@code -username}, {@code -password}
 * and {@code -virtual-host}.
 */
@ApplicationScoped
public class Broker {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int REPLY_MILLIS = 10_000;
  private static final int SHUTDOWN_MILLIS = 1_000;

  /** A peer that vanished without a word is noticed after about two of these. */
  private static final int HEARTBEAT_SECONDS = 10;

  private final Config config;
  private final String host;
  private final BrokerTls tls;

  Broker(Config config, BrokerTls tls) {
    this.tls = tls;
    this.config = config;
    this.host = config.getValue("cetak.host", String.class);
  }

  /**
   * Opens a connection that does not recover by itself; takes at most some 20 s.
   *
   * @param purpose is seen in the broker's list of connections
   */
  BrokerConnection open(String purpose) throws IOException, TimeoutException {
    AtomicReference<Socket> socket = new AtomicReference<>();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUsername(user());
    factory.setPassword(setting("rabbitmq-password", "guest"));
    factory.setVirtualHost(setting("rabbitmq-virtual-host", "/"));
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    factory.setConnectionTimeout(CONNECT_MILLIS);
    factory.setHandshakeTimeout(CONNECT_MILLIS);
    factory.setChannelRpcTimeout(REPLY_MILLIS);
    factory.setShutdownTimeout(SHUTDOWN_MILLIS);
    factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
    factory.setSocketConfigurator(SocketConfigurators.defaultConfigurator().andThen(socket::set));
    tls.context().ifPresent(factory::useSslProtocol);
    Connection connection = factory.newConnection(addresses(), "cetak " + host + " " + purpose);
    return new BrokerConnection(connection, socket.get());
  }

  /** The AMQP user that every connection logs in as. */
  String user() {
    return setting("rabbitmq-username", "guest");
  }

  private List<Address> addresses() {
    return config
        .getOptionalValue("rabbitmq-addresses", String.class)
        .map(text -> List.of(Address.parseAddresses(text)))
        .orElseGet(
            () ->
                List.of(
                    new Address(
                        setting("rabbitmq-host", "localhost"),
                        Integer.parseInt(setting("rabbitmq-port", "5672")))));
  }

  private String setting(String key, String otherwise) {
    return config.getOptionalValue(key, String.class).orElse(otherwise);
  }

  /** The broker's reply code when it closed a channel or connection; 0 for everything else. */
  static int replyCode(Throwable thrown) {
    return reason(thrown) instanceof AMQP.Channel.Close close
        ? close.getReplyCode()
        : reason(thrown) instanceof AMQP.Connection.Close close ? close.getReplyCode() : 0;
  }

  /** What the broker or the network said, in one line. */
  static String why(Throwable thrown) {
    if (reason(thrown) instanceof AMQP.Channel.Close close) {
      return close.getReplyText();
    }
    if (reason(thrown) instanceof AMQP.Connection.Close close) {
      return close.getReplyText();
    }
    Throwable cause = thrown;
    while (cause.getMessage() == null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return thrown instanceof SSLException ? BrokerTls.why(said, thrown) : said;
  }

  private static @Nullable Method reason(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof ShutdownSignalException signal) {
        return signal.getReason();
      }
    }
    return null;
  }
}
