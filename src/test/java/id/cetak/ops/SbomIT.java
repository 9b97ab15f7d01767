package id.cetak.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The bill of materials beside the package is a list of what is in it. Maven makes none without a
 * network: then these tests are skipped, and say so.
 */
class SbomIT {
  private static final Path PACKAGE =
      Path.of(System.getProperty("worker.directory", "target/quarkus-app"));

  @Test
  void the_bill_of_materials_lists_exactly_the_shipped_libraries_with_their_bytes()
      throws Exception {
    Map<String, String> listed = new TreeMap<>();
    for (JsonNode component : components()) {
      listed.put(file(component), sha256(component));
    }
    Map<String, String> shipped = new TreeMap<>();
    try (Stream<Path> files = Files.walk(PACKAGE.resolve("lib"))) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
        shipped.put(
            jar.getFileName().toString(),
            HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar))));
      }
    }
    assertThat(shipped).hasSizeGreaterThan(100);
    assertThat(listed).isEqualTo(shipped);
  }

  @Test
  void each_library_has_a_licence() throws IOException {
    for (JsonNode component : components()) {
      assertThat(component.path("licenses")).as(file(component)).isNotEmpty();
      component
          .path("licenses")
          .forEach(
              licence ->
                  assertThat(
                          licence.at("/license/id").asText()
                              + licence.at("/license/name").asText()
                              + licence.path("expression").asText())
                      .as(file(component))
                      .isNotBlank());
    }
  }

  private static JsonNode components() throws IOException {
    Path bill = PACKAGE.resolveSibling("bom.json");
    Path made = PACKAGE.resolve("quarkus-run.jar");
    assumeThat(bill).as("made by a build with a network").exists();
    assumeThat(Files.getLastModifiedTime(bill))
        .as("made by this build, not by an earlier one")
        .isGreaterThanOrEqualTo(Files.getLastModifiedTime(made));
    return new ObjectMapper().readTree(bill.toFile()).path("components");
  }

  private static String file(JsonNode component) {
    return "%s.%s-%s.jar"
        .formatted(
            component.path("group").asText(),
            component.path("name").asText(),
            component.path("version").asText());
  }

  private static String sha256(JsonNode component) {
    for (JsonNode hash : component.path("hashes")) {
      if (hash.path("alg").asText().equals("SHA-256")) {
        return hash.path("content").asText();
      }
    }
    return "none";
  }
}
