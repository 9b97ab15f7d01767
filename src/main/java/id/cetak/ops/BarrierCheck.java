package id.cetak.ops;

import id.cetak.hypervisor.Barrier;
import id.cetak.template.BarrierWatch;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready only while the last proof found every layer of the barrier that is not waived; says which
 * one is missing.
 */
@Readiness
@ApplicationScoped
class BarrierCheck implements HealthCheck {
  private final BarrierWatch watch;

  BarrierCheck(BarrierWatch watch) {
    this.watch = watch;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("barrier").status(watch.unwaived().isEmpty());
    for (Barrier.Layer layer : Barrier.Layer.values()) {
      response.withData(layer.name(), watch.missing().contains(layer) ? "missing" : "holds");
    }
    return response.build();
  }
}
