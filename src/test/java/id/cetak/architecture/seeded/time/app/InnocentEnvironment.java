package id.cetak.architecture.seeded.time.app;

import java.time.Clock;

final class InnocentEnvironment {
  static Clock clock() {
    return Clock.systemUTC();
  }
}
