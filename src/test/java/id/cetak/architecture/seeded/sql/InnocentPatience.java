package id.cetak.architecture.seeded.sql;

import java.sql.SQLException;

final class InnocentPatience {
  static boolean isAway(Throwable thrown) {
    return thrown instanceof SQLException;
  }
}
