package id.cetak.architecture.seeded.actors;

import id.cetak.hypervisor.Barrier;
import java.util.UUID;

final class GuiltyLambda {
  static Runnable later(Barrier barrier, UUID version) {
    return () -> barrier.unseal(version);
  }
}
