package id.cetak.messaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import id.cetak.app.CetakConfig;
import id.cetak.lab.BrokerUsers;
import id.cetak.lab.Containers;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each of the users of {@code deploy/rabbitmq/definitions} may do, and what it may not. */
@Timeout(120)
class BrokerRightsIT {
  private static final Set<String> NOBODY = Set.of();
  private static final Set<String> WORKERS = Set.of("worker-engine", "worker-hv2");
  private static final Set<String> PUBLISHERS = Set.of("lab-7", "lab-8");
  private static final Set<String> USERS =
      Set.of("worker-engine", "worker-hv2", "lab-7", "lab-8", "eyes");

  private static final Map<String, Connection> CONNECTIONS = new TreeMap<>();

  private interface Act {
    void as(Channel channel) throws Exception;
  }

  @BeforeAll
  static void log_everybody_in() throws Exception {
    BrokerUsers users = new BrokerUsers();
    for (String user : USERS) {
      CONNECTIONS.put(user, connect(users.uri(user)));
    }
    CONNECTIONS.put(Containers.user(), connect(users.uri(Containers.user())));
  }

  @AfterAll
  static void leave() {
    CONNECTIONS.values().forEach(connection -> connection.abort(1_000));
    CONNECTIONS.clear();
  }

  @Test
  void publishers_alone_send_commands_and_a_worker_only_to_other_hosts() {
    only(PUBLISHERS, publish("cetak.commands", "any"));
    only(PUBLISHERS, publish("cetak.commands", "control"));
    only(
        Set.of("worker-engine", "worker-hv2", "lab-7", "lab-8"),
        publish("cetak.commands", "host.hv2"));
    only(WORKERS, publish("", "cetak.commands.any"));
  }

  @Test
  void nobody_sends_in_the_name_of_another() {
    only(
        NOBODY,
        channel ->
            send(
                channel,
                "cetak.commands",
                "host.hv2",
                new AMQP.BasicProperties.Builder().userId("other").build()));
    only(
        Set.of("lab-7"),
        channel ->
            send(
                channel,
                "cetak.commands",
                "host.hv2",
                new AMQP.BasicProperties.Builder().userId("lab-7").build()));
  }

  @Test
  void workers_alone_publish_events_and_dead_letters() {
    only(WORKERS, publish("cetak.events", "clone.completed"));
    only(WORKERS, publish("cetak.dead", ""));
    only(NOBODY, publish("amq.topic", "x"));
  }

  @Test
  void a_worker_reads_the_commands_of_its_own_host_and_nobody_the_dead_letters() {
    only(WORKERS, consume("cetak.commands.any"));
    only(WORKERS, consume("cetak.control"));
    only(Set.of("worker-engine"), consume("cetak.commands.host.engine"));
    only(Set.of("worker-hv2"), consume("cetak.commands.host.hv2"));
    only(NOBODY, consume("cetak.commands.dead"));
    only(
        Set.of("eyes"),
        channel -> {
          channel.basicQos(1);
          channel.basicConsume("cetak.events.log", false, (tag, delivery) -> {}, tag -> {});
        });
  }

  @Test
  void nobody_makes_removes_or_binds_what_is_of_all() {
    only(
        NOBODY,
        channel -> channel.queueDeclare("cetak.commands.host.hv9", true, false, false, Map.of()));
    only(NOBODY, channel -> channel.exchangeDeclare("cetak.more", "topic", true));
    for (String queue :
        Set.of("cetak.commands.any", "cetak.control", "cetak.commands.dead", "cetak.events.log")) {
      only(NOBODY, channel -> channel.queueDelete(queue));
      only(NOBODY, channel -> channel.queueBind(queue, "cetak.events", "#"));
      only(NOBODY, channel -> channel.queueUnbind(queue, "cetak.commands", "any"));
    }
    for (String exchange : Set.of("cetak.commands", "cetak.events", "cetak.dead")) {
      only(NOBODY, channel -> channel.exchangeDelete(exchange));
      only(NOBODY, channel -> channel.exchangeBind(exchange, "cetak.commands", "#"));
    }
    only(NOBODY, channel -> channel.queuePurge("cetak.commands.dead"));
  }

  @Test
  void publishers_and_observers_have_queues_of_their_own_and_observers_alone_bind_them_to_events() {
    for (String user : USERS) {
      only(WORKERS.contains(user) ? NOBODY : Set.of(user), channel -> declare(channel, user));
      only(WORKERS.contains(user) ? NOBODY : Set.of(user), consume(user + ".own"), user);
      only(
          user.equals("eyes") ? Set.of("eyes") : NOBODY,
          channel -> channel.queueBind(user + ".own", "cetak.events", "#"),
          user);
    }
  }

  @Test
  void the_topology_of_the_file_is_the_one_that_a_worker_would_declare() throws Exception {
    for (String user : Set.of(Containers.user(), "worker-engine")) {
      Topology topology =
          new Topology(
              BrokerLab.config(BrokerLab.rabbit(), Map.of("cetak.host", "engine"))
                  .getConfigMapping(CetakConfig.class));
      topology.declareCommands(connection(user));
      topology.declarePublished(connection(user));
    }
  }

  private static void only(Set<String> allowed, Act act) {
    only(allowed, act, "");
  }

  /** A queue that is not there is made by the administrator first. */
  private static void only(Set<String> allowed, Act act, String owner) {
    Set<String> could = new TreeSet<>();
    for (String user : USERS) {
      if (!owner.isEmpty()) {
        attempt(Containers.user(), channel -> declare(channel, owner));
      }
      if (attempt(user, act)) {
        could.add(user);
      }
    }
    assertThat(could).containsExactlyInAnyOrderElementsOf(allowed);
  }

  private static boolean attempt(String user, Act act) {
    try {
      Channel channel = connection(user).createChannel();
      try {
        act.as(channel);
        // Whatever the broker had against it has come by the time that it answers this.
        channel.basicQos(1);
        return true;
      } finally {
        channel.abort();
      }
    } catch (Exception e) {
      int code =
          e instanceof AlreadyClosedException closed
              ? Broker.replyCode(closed)
              : Broker.replyCode(e);
      assertThat(code).as("%s: %s", user, e).isIn(AMQP.ACCESS_REFUSED, AMQP.PRECONDITION_FAILED);
      return false;
    }
  }

  private static Connection connection(String user) {
    return java.util.Objects.requireNonNull(CONNECTIONS.get(user));
  }

  private static Connection connect(String uri) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    factory.setAutomaticRecoveryEnabled(false);
    return factory.newConnection("cetak rights");
  }

  private static void declare(Channel channel, String user) throws IOException {
    channel.queueDeclare(user + ".own", true, false, false, Map.of());
  }

  private static Act publish(String exchange, String key) {
    return channel -> send(channel, exchange, key, new AMQP.BasicProperties());
  }

  private static void send(
      Channel channel, String exchange, String key, AMQP.BasicProperties properties)
      throws Exception {
    channel.confirmSelect();
    channel.basicPublish(exchange, key, properties, "no command".getBytes(UTF_8));
    channel.waitForConfirms(10_000);
  }

  private static Act consume(String queue) {
    return channel -> channel.basicGet(queue, false);
  }
}
