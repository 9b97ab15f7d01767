package id.cetak.messaging;

import com.rabbitmq.client.AMQP;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * How many commands wait in RabbitMQ, and how many consumers they have, as the broker last said:
 * the backlog that an operator should see. Unknown (NaN) while the broker does not answer, never
 * stale.
 */
@ApplicationScoped
public class QueueDepths {
  private final Map<CommandQueue, AMQP.Queue.DeclareOk> latest = new ConcurrentHashMap<>();

  QueueDepths(MeterRegistry meters) {
    for (CommandQueue queue : CommandQueue.values()) {
      gauge(meters, queue, "cetak_queue_ready", AMQP.Queue.DeclareOk::getMessageCount);
      gauge(meters, queue, "cetak_queue_consumers", AMQP.Queue.DeclareOk::getConsumerCount);
    }
  }

  private void gauge(
      MeterRegistry meters,
      CommandQueue queue,
      String name,
      ToDoubleFunction<AMQP.Queue.DeclareOk> value) {
    Gauge.builder(
            name,
            () -> {
              AMQP.Queue.DeclareOk seen = latest.get(queue);
              return seen == null ? Double.NaN : value.applyAsDouble(seen);
            })
        .tag("queue", queue.label())
        .register(meters);
  }

  void seen(CommandQueue queue, AMQP.Queue.DeclareOk answer) {
    latest.put(queue, answer);
  }

  /** As last seen; 0 when unknown. */
  int consumers(CommandQueue queue) {
    AMQP.Queue.DeclareOk answer = latest.get(queue);
    return answer == null ? 0 : answer.getConsumerCount();
  }

  void unknown(CommandQueue queue) {
    latest.remove(queue);
  }

  void allUnknown() {
    latest.clear();
  }
}
