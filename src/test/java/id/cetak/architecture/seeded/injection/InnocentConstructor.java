package id.cetak.architecture.seeded.injection;

import jakarta.inject.Inject;
import org.eclipse.microprofile.config.inject.ConfigProperty;

final class InnocentConstructor {
  final String host;

  @Inject
  InnocentConstructor(@ConfigProperty(name = "cetak.host") String host) {
    this.host = host;
  }
}
