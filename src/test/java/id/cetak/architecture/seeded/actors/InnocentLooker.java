package id.cetak.architecture.seeded.actors;

import id.cetak.hypervisor.Hypervisor;
import java.util.UUID;

final class InnocentLooker {
  static boolean looks(Hypervisor hypervisor, UUID domain) {
    return hypervisor.find(domain).isPresent();
  }
}
