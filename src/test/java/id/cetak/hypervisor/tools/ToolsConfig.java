package id.cetak.hypervisor.tools;

import id.cetak.app.CetakConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The real configuration with its defaults, for a host whose images lie in a test's folder. */
final class ToolsConfig {
  private ToolsConfig() {}

  static CetakConfig in(Path images) {
    return in(images, Map.of());
  }

  static CetakConfig in(Path images, Map<String, String> more) {
    Map<String, String> values = new HashMap<>(more);
    values.put("cetak.host", "test");
    values.put("cetak.images.directory", images.toString());
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .withMapping(CetakConfig.class)
        .withDefaultValues(values)
        .build()
        .getConfigMapping(CetakConfig.class);
  }
}
