package id.cetak.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * What a version's attestation says of the software in the guest, by which it is decided what a
 * clone can be given.
 *
 * @param cloudInit whether cloud-init brings a clone's identity into the guest
 * @param systemd the version of systemd; null when there is none, or when the attestation is of a
 *     time that did not look
 */
public record SealedGuest(boolean cloudInit, @Nullable Integer systemd) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads the checks as the version's row has them. */
  static SealedGuest of(@Nullable String attestation) {
    boolean cloudInit = false;
    Integer systemd = null;
    for (JsonNode check : checks(attestation)) {
      String finding = check.path("finding").asText();
      switch (check.path("name").asText()) {
        case "first-boot" -> cloudInit = finding.equals("cloud-init");
        case "systemd" -> systemd = finding.matches("[0-9]{1,5}") ? Integer.valueOf(finding) : null;
        default -> {}
      }
    }
    return new SealedGuest(cloudInit, systemd);
  }

  private static JsonNode checks(@Nullable String attestation) {
    try {
      return attestation == null ? JSON.createArrayNode() : JSON.readTree(attestation);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a version's attestation cannot be read back", e);
    }
  }
}
