package id.cetak.architecture.seeded.injection;

import org.eclipse.microprofile.config.inject.ConfigProperty;

final class GuiltySetting {
  @ConfigProperty(name = "cetak.host")
  String host;
}
