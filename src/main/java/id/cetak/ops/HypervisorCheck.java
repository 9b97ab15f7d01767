package id.cetak.ops;

import id.cetak.failure.Failure;
import id.cetak.hypervisor.Hypervisor;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready only while libvirt answers. */
@Readiness
@ApplicationScoped
class HypervisorCheck implements HealthCheck {
  private final Hypervisor hypervisor;

  HypervisorCheck(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("libvirt");
    try {
      return response.up().withData("version", hypervisor.version()).build();
    } catch (Failure failure) {
      return response.down().withData("reason", failure.reason()).build();
    }
  }
}
