package id.cetak.architecture.seeded.injection;

import jakarta.inject.Inject;
import java.time.Clock;

final class GuiltyField {
  @Inject Clock clock;
}
