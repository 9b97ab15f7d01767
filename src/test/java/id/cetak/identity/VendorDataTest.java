package id.cetak.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.Command.CloudInit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VendorDataTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Identity IDENTITY =
      new Identity(new UUID(1, 2), "web-07", "www", List.of("52:54:00:0a:0b:0c"));

  @Test
  void a_minted_key_is_one_part_of_cloud_config() throws Exception {
    MintedHostKey key = MintedHostKey.mint();
    String text = VendorData.withHostKey(key);
    assertThat(text).startsWith("#cloud-config-archive\n");
    JsonNode part = JSON.readTree(text.substring(text.indexOf('\n'))).get(0);
    assertThat(part.get("type").asText()).isEqualTo("text/cloud-config");
    String content = part.get("content").asText();
    assertThat(content).startsWith("#cloud-config\n");
    JsonNode config = JSON.readTree(content.substring(content.indexOf('\n')));
    assertThat(config.get("ssh_deletekeys").asBoolean()).isTrue();
    assertThat(config.at("/ssh_keys/ed25519_private").asText()).isEqualTo(key.privateFile());
    assertThat(config.at("/ssh_keys/ed25519_public").asText())
        .isEqualTo(key.publicHalf().publicKey() + "\n");
    assertThat(VendorData.hostKeys(text)).containsExactly(key.publicHalf());
  }

  @Test
  void the_callers_user_data_stays_word_for_word_beside_a_minted_key() {
    String userData = "#cloud-config\nusers: [{name: a}]\n";
    var files = SeedFiles.withHostKey(IDENTITY, new CloudInit(userData, null));
    assertThat(files).containsEntry("user-data", userData).containsKey("vendor-data");
    assertThat(SeedFiles.of(IDENTITY, new CloudInit(userData, null)))
        .doesNotContainKey("vendor-data");
  }

  @Test
  void each_seed_has_a_key_of_its_own() {
    var nothing = new CloudInit(null, null);
    assertThat(
            VendorData.hostKeys(
                SeedFiles.withHostKey(IDENTITY, nothing).getOrDefault("vendor-data", "")))
        .isNotEqualTo(
            VendorData.hostKeys(
                SeedFiles.withHostKey(IDENTITY, nothing).getOrDefault("vendor-data", "")));
  }

  @Test
  void vendor_data_that_is_broken_is_refused_without_being_shown() {
    String text = VendorData.withHostKey(MintedHostKey.mint());
    assertThatThrownBy(() -> VendorData.hostKeys(text.substring(0, text.length() / 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .hasMessageNotContaining("KEY");
    assertThat(VendorData.hostKeys("#cloud-config\n{}")).isEmpty();
  }
}
