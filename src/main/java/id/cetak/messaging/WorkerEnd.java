package id.cetak.messaging;

import io.quarkus.runtime.Quarkus;
import jakarta.enterprise.context.ApplicationScoped;

/** Ends this process in order, so that its service manager starts it anew. */
@ApplicationScoped
public class WorkerEnd {
  /** EX_TEMPFAIL of sysexits.h: try again later. */
  static final int EXIT_CODE = 75;

  void now() {
    Quarkus.asyncExit(EXIT_CODE);
  }
}
