package id.cetak.lab;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** What a RabbitMQ and a PostgreSQL do alone: a worker cannot be faster than the slower of them. */
final class IntakeFloors implements AutoCloseable {
  private static final int COMMITTERS = 16;
  private static final String QUEUE = "cetak.bench.floor";
  private static final AMQP.BasicProperties PERSISTENT =
      new AMQP.BasicProperties.Builder().deliveryMode(2).messageId("bench").build();

  private final Connection broker;
  private final Channel channel;
  private final int messages;
  private final int prefetch;

  IntakeFloors(Connection broker, int messages, int prefetch) throws IOException, SQLException {
    this.broker = broker;
    this.channel = broker.createChannel();
    this.messages = messages;
    this.prefetch = prefetch;
    channel.confirmSelect();
    channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
    BenchDatabase.sql(
        "create table if not exists bench_floor (id uuid primary key, command_id text unique, spec jsonb)");
  }

  /** Messages of a quorum queue, each acknowledged by itself. */
  double consume() throws Exception {
    publish("", QUEUE, "floor");
    try (Channel consumer = broker.createChannel()) {
      consumer.basicQos(prefetch);
      CountDownLatch left = new CountDownLatch(messages);
      long begin = System.nanoTime();
      String tag =
          consumer.basicConsume(
              QUEUE,
              false,
              new DefaultConsumer(consumer) {
                @Override
                public void handleDelivery(
                    String consumed,
                    Envelope envelope,
                    AMQP.BasicProperties properties,
                    byte[] body)
                    throws IOException {
                  consumer.basicAck(envelope.getDeliveryTag(), false);
                  left.countDown();
                }
              });
      if (!left.await(2, TimeUnit.MINUTES)) {
        throw new IllegalStateException("not all came");
      }
      double rate = rate(messages, begin);
      // Its answer comes after the acknowledgements: none is left for the next round.
      consumer.basicCancel(tag);
      return rate;
    }
  }

  /** Inserts of about a job's size, a commit each, several at once. */
  double commit() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(COMMITTERS);
    List<Future<Boolean>> all = new ArrayList<>();
    long begin = System.nanoTime();
    for (int n = 0; n < COMMITTERS; n++) {
      all.add(threads.submit(this::commitShare));
    }
    for (Future<Boolean> one : all) {
      one.get();
    }
    double rate = rate(messages / COMMITTERS * COMMITTERS, begin);
    threads.shutdown();
    return rate;
  }

  private boolean commitShare() throws SQLException {
    try (var connection = BenchDatabase.connect();
        var insert =
            connection.prepareStatement(
                "insert into bench_floor select id, id::text, cast(? as jsonb) from gen_random_uuid() id")) {
      for (int n = 0; n < messages / COMMITTERS; n++) {
        insert.setString(1, new String(command("floor-" + n), StandardCharsets.UTF_8));
        insert.executeUpdate();
      }
    }
    return true;
  }

  /** Events with a confirm for each hundred. */
  double publishEvents() throws Exception {
    byte[] body = "x".repeat(600).getBytes(StandardCharsets.UTF_8);
    long begin = System.nanoTime();
    for (int n = 1; n <= messages; n++) {
      channel.basicPublish("cetak.events", "clone.completed", true, PERSISTENT, body);
      if (n % 100 == 0) {
        channel.waitForConfirmsOrDie(30_000);
      }
    }
    return rate(messages, begin);
  }

  /** Publishes one clone command per message. */
  void publish(String exchange, String key, String group) throws Exception {
    for (int n = 0; n < messages; n++) {
      channel.basicPublish(exchange, key, PERSISTENT, command(group + "-" + n));
      if (n % 1000 == 999) {
        channel.waitForConfirmsOrDie(30_000);
      }
    }
    channel.waitForConfirmsOrDie(30_000);
  }

  static byte[] command(String id) {
    return "{\"command\":\"clone\",\"id\":\"%s\",\"template\":\"debian-12\",\"name\":\"web-01\",\"start\":true}"
        .formatted(id)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException, SQLException {
    channel.queueDelete(QUEUE);
    BenchDatabase.sql("drop table bench_floor");
  }

  private static double rate(int count, long beginNanos) {
    return count / ((System.nanoTime() - beginNanos) / 1e9);
  }
}
