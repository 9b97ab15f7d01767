package id.cetak.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.random.RandomGenerator;

/** Time and randomness, injected so that tests can set them. */
@ApplicationScoped
class Environment {
  @Produces
  @ApplicationScoped
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @ApplicationScoped
  RandomGenerator random() {
    return new SecureRandom();
  }
}
