package id.cetak.architecture.seeded.prints;

import org.jboss.logging.Logger;

final class InnocentLog {
  static final Logger LOG = Logger.getLogger(InnocentLog.class);
}
