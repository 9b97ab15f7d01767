package id.cetak.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CetakConfigTest {
  @Test
  void run_slots_follow_the_machine_unless_they_are_set() {
    assertThat(config(Map.of("cetak.host", "hv1")).run().slots()).isBetween(4, 16);
    assertThat(config(Map.of("cetak.host", "hv1", "cetak.run.slots", "1")).run().slots())
        .isEqualTo(1);
  }

  private static CetakConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .withMapping(CetakConfig.class)
        .withSources(new PropertiesConfigSource(settings, "test", 100))
        .build()
        .getConfigMapping(CetakConfig.class);
  }
}
