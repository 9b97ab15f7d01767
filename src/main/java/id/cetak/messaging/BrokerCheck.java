package id.cetak.messaging;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready only while RabbitMQ answers, has the queues, and hands their commands to this worker. */
@Readiness
@ApplicationScoped
class BrokerCheck implements HealthCheck {
  private final BrokerWatch watch;

  BrokerCheck(BrokerWatch watch) {
    this.watch = watch;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("broker");
    watch.trouble().ifPresentOrElse(why -> response.down().withData("reason", why), response::up);
    return response.build();
  }
}
