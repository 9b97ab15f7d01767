package id.cetak.hypervisor.tools;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import id.cetak.hypervisor.GuestIdentities.Seed;
import id.cetak.lab.Scratch;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A caller's cloud-init files and a clone's names, written into a seed and read back. */
public final class SeedImageFuzz {
  private SeedImageFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        Input.of("#cloud-config\nhostname: x\n", "version: 2\n", "web-01"),
        Input.of(
            """
            Content-Type: multipart/mixed; boundary="=X="
            MIME-Version: 1.0

            --=X=
            Content-Type: text/cloud-config

            #cloud-config
            --=X=--
            """,
            "{}",
            "a"),
        Input.of("## template: jinja\n#cloud-config\n", "", "0"),
        Input.of("#include http://192.0.2.1/\n", "x".repeat(2_048), "-"));
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Claims.bounded(data.length, 400, () -> writeAndRead(new Input(data)));
  }

  private static void writeAndRead(Input input) throws Exception {
    String userData = input.text();
    String networkConfig = input.text();
    String host = input.text();
    String name = host.matches("[a-z0-9-]{1,63}") ? host : "web-01";
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "meta-data",
        "{\n  \"instance-id\": \"0f9bd1e4\",\n  \"local-hostname\": \"%s\"\n}\n".formatted(name));
    files.put("user-data", userData);
    files.put("network-config", networkConfig);
    ByteBuffer image = SeedImage.of(files);
    byte[] bytes = new byte[image.remaining()];
    image.get(bytes);
    Path seed = Scratch.file("seed.iso", bytes);
    for (var file : files.entrySet()) {
      hold(
          SeedContent.read(seed, file.getKey()).equals(Optional.of(file.getValue())),
          "_ is not what was written",
          file.getKey());
    }
    hold(
        NoCloudSeed.read(seed).equals(Optional.of(new Seed("0f9bd1e4", name))),
        "the guest _ is called otherwise",
        name);
  }
}
