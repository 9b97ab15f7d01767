package id.cetak.app;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Named places in the code where a test stops the process to kill it. Does nothing unless {@code
 * cetak.fault-point} names a place, which only tests do: the worker then prints one line and stands
 * still there for ever.
 */
@ApplicationScoped
public class FaultPoint {
  private final Optional<String> wanted;

  FaultPoint(@ConfigProperty(name = "cetak.fault-point") Optional<String> wanted) {
    this.wanted = wanted;
  }

  /**
   * Says that the code has come to a place, named by type, step and moment with dots between them.
   */
  public void reached(String place) {
    if (wanted.isPresent() && wanted.get().equals(place)) {
      System.out.println("FAULT POINT " + place);
      while (true) {
        LockSupport.park();
      }
    }
  }
}
