package id.cetak.architecture.seeded.injection;

import jakarta.inject.Inject;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

final class GuiltySetter {
  @Nullable Clock clock;

  @Inject
  void set(Clock given) {
    clock = given;
  }
}
