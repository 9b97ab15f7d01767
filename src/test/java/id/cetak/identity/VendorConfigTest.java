package id.cetak.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.Command.CloudInit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VendorConfigTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Identity IDENTITY =
      new Identity(new UUID(1, 2), "web-07", "www", List.of("52:54:00:0a:0b:0c"));

  @Test
  void a_minted_key_is_one_part_of_cloud_config() throws Exception {
    String text = vendorData(true, false);
    assertThat(text).startsWith("#cloud-config-archive\n");
    JsonNode part = body(text).get(0);
    assertThat(part.get("type").asText()).isEqualTo("text/cloud-config");
    String content = part.get("content").asText();
    assertThat(content).startsWith("#cloud-config\n");
    JsonNode config = body(content);
    assertThat(config.get("ssh_deletekeys").asBoolean()).isTrue();
    assertThat(config.at("/ssh_keys/ed25519_private").asText())
        .startsWith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
        .endsWith("\n-----END OPENSSH PRIVATE KEY-----\n");
    assertThat(VendorConfig.hostKeys(text)).hasSize(1);
    assertThat(config.at("/ssh_keys/ed25519_public").asText())
        .isEqualTo(VendorConfig.hostKeys(text).get(0).publicKey() + "\n");
  }

  @Test
  void the_script_that_says_who_the_guest_is_is_a_part_of_its_own() throws Exception {
    JsonNode parts = body(vendorData(true, true));
    assertThat(parts).hasSize(2);
    assertThat(parts.get(1).get("type").asText()).isEqualTo("text/x-shellscript");
    assertThat(parts.get(1).get("content").asText()).startsWith("#!/bin/sh\n");
    assertThat(VendorConfig.hostKeys(vendorData(false, true))).isEmpty();
  }

  @Test
  void nothing_to_add_is_no_file() {
    assertThat(VendorConfig.of(false, false)).isNull();
  }

  @Test
  void the_callers_user_data_stays_word_for_word_beside_it() {
    String userData = "#cloud-config\nusers: [{name: a}]\n";
    var files = SeedFiles.of(IDENTITY, new CloudInit(userData, null), vendorData(true, true));
    assertThat(files).containsEntry("user-data", userData).containsKey("vendor-data");
    assertThat(SeedFiles.of(IDENTITY, new CloudInit(userData, null), null))
        .doesNotContainKey("vendor-data");
  }

  @Test
  void each_seed_has_a_key_of_its_own() {
    assertThat(VendorConfig.hostKeys(vendorData(true, false)))
        .isNotEqualTo(VendorConfig.hostKeys(vendorData(true, false)));
  }

  @Test
  void vendor_data_that_is_broken_is_refused_without_being_shown() {
    String text = vendorData(true, false);
    assertThatThrownBy(() -> VendorConfig.hostKeys(text.substring(0, text.length() / 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .hasMessageNotContaining("KEY");
    assertThat(VendorConfig.hostKeys("#cloud-config\n{}")).isEmpty();
  }

  private static String vendorData(boolean hostKey, boolean report) {
    return Objects.requireNonNull(VendorConfig.of(hostKey, report));
  }

  private static JsonNode body(String text) throws Exception {
    return JSON.readTree(text.substring(text.indexOf('\n')));
  }
}
