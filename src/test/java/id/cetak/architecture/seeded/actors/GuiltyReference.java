package id.cetak.architecture.seeded.actors;

import id.cetak.hypervisor.Hypervisor;
import java.util.UUID;
import java.util.function.Consumer;

final class GuiltyReference {
  static Consumer<UUID> later(Hypervisor hypervisor) {
    return hypervisor::start;
  }
}
