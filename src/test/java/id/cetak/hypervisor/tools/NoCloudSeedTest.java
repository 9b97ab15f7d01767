package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.GuestIdentities.Seed;
import id.cetak.hypervisor.StopSignal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class NoCloudSeedTest {
  @TempDir Path folder;

  @Test
  void seed_tells_its_guest_who_it_is_in_yaml_as_in_json() throws Exception {
    for (String text :
        new String[] {
          "instance-id: i-1\nlocal-hostname: web\n",
          "local-hostname: 'web'\ninstance-id: \"i-1\"\n",
          "{\n  \"instance-id\" : \"i-1\",\n  \"local-hostname\" : \"web\"\n}\n",
          "{\"instance-id\":\"i-1\",\"local-hostname\":\"web\"}"
        }) {
      assertThat(NoCloudSeedTest.seed(folder, text)).contains(new Seed("i-1", "web"));
    }
    assertThat(seed(folder, "dsmode: local\n")).contains(new Seed("", ""));
  }

  @Test
  void image_of_another_kind_is_no_seed() throws Exception {
    Path file = folder.resolve("other.iso");
    Files.write(file, new byte[100_000]);
    assertThat(NoCloudSeed.read(file)).isEmpty();
    Files.write(file, new byte[10]);
    assertThat(NoCloudSeed.read(file)).isEmpty();
    assertThat(NoCloudSeed.read(folder.resolve("gone.iso"))).isEmpty();
  }

  private static java.util.Optional<Seed> seed(Path folder, String metaData) throws Exception {
    Path image = Files.createTempDirectory(folder, "seed").resolve("seed.iso");
    new ImageTools(ToolsConfig.in(folder), new ProcessRunner())
        .seed(
            image, Map.of("meta-data", metaData, "user-data", "#cloud-config\n"), StopSignal.NEVER);
    return NoCloudSeed.read(image);
  }
}
