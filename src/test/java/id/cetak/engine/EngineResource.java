package id.cetak.engine;

import id.cetak.lab.Containers;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** The real RabbitMQ and PostgreSQL for an engine that runs inside the test's own process. */
public final class EngineResource implements QuarkusTestResourceLifecycleManager {
  @Override
  public Map<String, String> start() {
    return Map.ofEntries(
        Map.entry("cetak.host", "engine"),
        Map.entry("cetak.images.directory", FakeHost.DIRECTORY.toString()),
        Map.entry("cetak.run.slots", "16"),
        Map.entry("cetak.run.lease", "5s"),
        Map.entry("cetak.run.poll", "100ms"),
        Map.entry("cetak.run.retry-delay", "100ms"),
        Map.entry("cetak.verify.wait", "15s"),
        // Told by the tests when: they compare everything that there is before and after.
        Map.entry("cetak.reconcile-at-start", "false"),
        Map.entry("rabbitmq-host", Containers.rabbitmq().getHost()),
        Map.entry("rabbitmq-port", Integer.toString(Containers.amqpPort())),
        Map.entry("rabbitmq-username", Containers.user()),
        Map.entry("rabbitmq-password", Containers.password()),
        Map.entry("quarkus.datasource.jdbc.url", Containers.postgres().getJdbcUrl()),
        Map.entry("quarkus.datasource.username", Containers.user()),
        Map.entry("quarkus.datasource.password", Containers.password()));
  }

  @Override
  public void stop() {}
}
