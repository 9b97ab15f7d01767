package id.cetak.identity;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.command.Command.CloudInit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SeedFilesTest {
  private static final UUID ID = UUID.fromString("0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01");
  private static final CloudInit NOTHING_GIVEN = new CloudInit(null, null);

  private final Identity identity =
      new Identity(ID, "web-07", "www", List.of("52:54:00:0a:0b:0c", "52:54:00:0a:0b:0d"));

  @Test
  void meta_data_has_one_key_a_line() {
    assertThat(SeedFiles.of(identity, NOTHING_GIVEN, null).get("meta-data"))
        .isEqualTo(
            """
            {
              "instance-id": "0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01",
              "local-hostname": "www"
            }
            """);
  }

  @Test
  void the_default_user_data_renews_host_name_and_ssh_keys() {
    assertThat(SeedFiles.of(identity, NOTHING_GIVEN, null).get("user-data"))
        .isEqualTo(
            """
            #cloud-config
            {
              "preserve_hostname": false,
              "ssh_deletekeys": true
            }
            """);
  }

  @Test
  void the_default_network_is_dhcp_on_the_clones_own_first_address() {
    assertThat(SeedFiles.of(identity, NOTHING_GIVEN, null).get("network-config"))
        .isEqualTo(
            """
            {
              "version": 2,
              "ethernets": {
                "nic0": {
                  "match": {
                    "macaddress": "52:54:00:0a:0b:0c"
                  },
                  "dhcp4": true
                }
              }
            }
            """);
  }

  @Test
  void a_guest_without_an_interface_gets_no_network_file() {
    assertThat(SeedFiles.of(new Identity(ID, "web-07", "www", List.of()), NOTHING_GIVEN, null))
        .containsOnlyKeys("meta-data", "user-data");
  }

  @Test
  void the_callers_files_are_taken_word_for_word_and_never_merged() {
    String userData = "#!/bin/sh\necho \"${x}\" ': - }'\n\u0000\uD83D\uDE80";
    String network = "version: 1\n";
    assertThat(SeedFiles.of(identity, new CloudInit(userData, network), null))
        .containsEntry("user-data", userData)
        .containsEntry("network-config", network);
  }

  @Test
  void an_empty_user_data_is_the_callers_too() {
    assertThat(SeedFiles.of(identity, new CloudInit("", null), null))
        .containsEntry("user-data", "");
  }

  @Test
  void a_hostile_name_stays_one_json_string() {
    var hostile = new Identity(ID, "x", "a\"\n, \"instance-id\": \"b", List.of());
    assertThat(SeedFiles.of(hostile, NOTHING_GIVEN, null).get("meta-data")).hasLineCount(4);
  }
}
