package id.cetak.lab;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast commands come in and events go out, against what the same RabbitMQ and PostgreSQL do
 * alone. Started by {@code deploy/bench-intake}, which names the services and a running worker in
 * the environment. The worker's only run slot stands still at a fault point, so that nothing but
 * intake and relay works; commands come by the control queue, which does not wait for a slot. It is
 * stopped by a signal while a backlog is laid out for it, and while a floor is measured.
 */
public final class IntakeBench {
  private static final int PREFETCH =
      Integer.parseInt(BenchDatabase.variable("BENCH_PREFETCH", "64"));
  private static final int COMMANDS =
      Integer.parseInt(BenchDatabase.variable("BENCH_COMMANDS", "10000"));
  private static final int ROUNDS = Integer.parseInt(BenchDatabase.variable("BENCH_ROUNDS", "5"));
  private static final int BACKLOG = Integer.parseInt(BenchDatabase.variable("BENCH_BACKLOG", "0"));
  private static final int LONE_COMMANDS = 200;
  private static final AMQP.BasicProperties PERSISTENT =
      new AMQP.BasicProperties.Builder().deliveryMode(2).messageId("bench").build();

  private final Connection broker;
  private final Channel channel;
  private final IntakeFloors floors;
  private final String worker = BenchDatabase.variable("BENCH_WORKER_PID", "");
  private final String run = Long.toString(System.nanoTime(), 36);

  private IntakeBench() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(BenchDatabase.variable("RABBITMQ_HOST", "127.0.0.1"));
    factory.setPort(Integer.parseInt(BenchDatabase.variable("RABBITMQ_PORT", "5672")));
    factory.setUsername(BenchDatabase.variable("RABBITMQ_USERNAME", "guest"));
    factory.setPassword(BenchDatabase.variable("RABBITMQ_PASSWORD", "guest"));
    this.broker = factory.newConnection("cetak-bench");
    this.channel = broker.createChannel();
    channel.confirmSelect();
    this.floors = new IntakeFloors(broker, COMMANDS, PREFETCH);
  }

  public static void main(String[] arguments) throws Exception {
    IntakeBench bench = new IntakeBench();
    try {
      bench.occupySlot();
      bench.layBacklog();
      bench.rounds();
      bench.lone();
    } finally {
      bench.signal("CONT");
      bench.floors.close();
      bench.broker.close();
    }
  }

  private void rounds() throws Exception {
    double[][] rates = new double[5][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      boolean floorsFirst = round % 2 == 0;
      if (floorsFirst) {
        floors(rates, round);
      }
      rates[0][round] = accept(round);
      rates[3][round] = relay();
      if (!floorsFirst) {
        floors(rates, round);
      }
      System.out.printf(
          "round %d: accept %.0f/s, consume %.0f/s, commit %.0f/s, relay %.0f/s, publish %.0f/s%n",
          round,
          rates[0][round],
          rates[1][round],
          rates[2][round],
          rates[3][round],
          rates[4][round]);
    }
    double floor = Math.min(median(rates[1]), median(rates[2]));
    System.out.printf(
        "accept %.0f/s is %.2f of the smaller floor (consume %.0f/s, commit %.0f/s), prefetch %d%n",
        median(rates[0]), median(rates[0]) / floor, median(rates[1]), median(rates[2]), PREFETCH);
    System.out.printf(
        "relay %.0f/s is %.2f of bare publishing with confirms per 100 (%.0f/s)%n",
        median(rates[3]), median(rates[3]) / median(rates[4]), median(rates[4]));
    System.out.printf("worker: %s; waiting jobs: %s%n", memory(), queued());
  }

  private void floors(double[][] rates, int round) throws Exception {
    signal("STOP");
    rates[1][round] = floors.consume();
    rates[2][round] = floors.commit();
    rates[4][round] = floors.publishEvents();
    signal("CONT");
  }

  /** Publishes to the stopped worker, lets it go, and reads from the rows when they were made. */
  private double accept(int round) throws Exception {
    signal("STOP");
    floors.publish("cetak.commands", "control", run + "-r" + round);
    signal("CONT");
    String mine = "command_id like '" + run + "-r" + round + "-%'";
    BenchDatabase.until("select count(*) >= " + COMMANDS + " from job where " + mine);
    double rate =
        BenchDatabase.number(
            "select count(*) / extract(epoch from max(accepted_at) - min(accepted_at)) from job where "
                + mine);
    while (channel.queueDeclarePassive("cetak.control").getMessageCount() > 0) {
      LockSupport.parkNanos(10_000_000);
    }
    if (BenchDatabase.number("select count(*) from job where " + mine) != COMMANDS) {
      throw new IllegalStateException("not one job per command");
    }
    return rate;
  }

  /** Fills the outbox of the stopped worker, and lets it go. */
  private double relay() throws Exception {
    signal("STOP");
    String key = "bench-" + System.nanoTime();
    BenchDatabase.sql(
        """
        insert into outbox (message_id, order_key, exchange, routing_key, content_type, headers, body, may_vanish)
        select gen_random_uuid(), '%s-' || n, 'cetak.events', 'clone.completed', 'application/cloudevents+json', '{}',
               convert_to(repeat('x', 600), 'UTF8'), false from generate_series(1, %d) n
        """
            .formatted(key, COMMANDS));
    signal("CONT");
    String mine = "order_key like '" + key + "-%'";
    BenchDatabase.until("select count(*) = 0 from outbox where sent_at is null");
    return BenchDatabase.number(
        "select count(*) / extract(epoch from max(sent_at) - min(sent_at)) from outbox where "
            + mine);
  }

  /** One command at a time, from its publishing to its event. */
  private void lone() throws Exception {
    BlockingQueue<String> events = new ArrayBlockingQueue<>(1000);
    String queue = channel.queueDeclare().getQueue();
    channel.queueBind(queue, "cetak.events", "cancel.completed");
    channel.basicConsume(
        queue,
        true,
        (tag, delivery) -> events.add(new String(delivery.getBody(), StandardCharsets.UTF_8)),
        tag -> {});
    double[] millis = new double[LONE_COMMANDS];
    for (int n = 0; n < LONE_COMMANDS; n++) {
      LockSupport.parkNanos(20_000_000);
      String cancel =
          "{\"command\":\"cancel\",\"id\":\"%s-c%d\",\"target\":\"%s-none\"}"
              .formatted(run, n, run);
      long begin = System.nanoTime();
      channel.basicPublish(
          "cetak.commands", "control", true, PERSISTENT, cancel.getBytes(StandardCharsets.UTF_8));
      if (events.poll(30, TimeUnit.SECONDS) == null) {
        throw new IllegalStateException("no event");
      }
      millis[n] = (System.nanoTime() - begin) / 1e6;
    }
    Arrays.sort(millis);
    System.out.printf(
        "one command to its event, idle: p50 %.1f ms, p99 %.1f ms%n",
        millis[LONE_COMMANDS / 2], millis[LONE_COMMANDS * 99 / 100]);
  }

  /** The first clone stands still at the worker's fault point, for ever. */
  private void occupySlot() throws Exception {
    channel.basicPublish(
        "cetak.commands", "control", true, PERSISTENT, IntakeFloors.command(run + "-slot"));
    BenchDatabase.until("select count(*) > 0 from job where state = 'RUNNING'");
  }

  private void layBacklog() throws SQLException {
    BenchDatabase.sql(
        """
        insert into job (id, command_id, content_hash, type, spec, host, subject, state, deadline)
        select gen_random_uuid(), '%1$s-backlog-' || n, sha256('x'), 'CLONE', '{}', j.host, 'x', 'QUEUED',
               now() + interval '1 day'
          from generate_series(1, %2$d) n, (select host from job where state = 'RUNNING' limit 1) j
        """
            .formatted(run, BACKLOG));
    BenchDatabase.sql("analyze job");
  }

  private void signal(String name) throws Exception {
    if (new ProcessBuilder("kill", "-s", name, worker).start().waitFor() != 0) {
      throw new IllegalStateException("The worker is gone");
    }
  }

  private String memory() throws IOException {
    return Files.readAllLines(Path.of("/proc", worker, "status")).stream()
        .filter(line -> line.startsWith("VmRSS") || line.startsWith("Threads"))
        .map(line -> line.replaceAll("\\s+", " "))
        .toList()
        .toString();
  }

  private static long queued() throws SQLException {
    return (long) BenchDatabase.number("select count(*) from job where state = 'QUEUED'");
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
