package id.cetak.architecture.seeded.injection;

import jakarta.enterprise.inject.Default;
import java.time.Clock;

final class GuiltyQualifier {
  @Default Clock clock;
}
