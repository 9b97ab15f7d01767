package id.cetak.architecture.seeded.prints;

import java.util.logging.Level;

final class GuiltyLogger {
  static final Level LEVEL = Level.INFO;
}
