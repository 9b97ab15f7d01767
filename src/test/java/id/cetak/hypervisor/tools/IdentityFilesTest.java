package id.cetak.hypervisor.tools;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.GuestIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class IdentityFilesTest {
  private static final String ID = "0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  @Test
  void guest_is_known_by_the_files_that_only_one_machine_has() throws IOException {
    GuestIdentity identity =
        read(
            List.of("/etc/hostname", "web-01.example\n"),
            List.of("/etc/machine-id", ID + "\n"),
            List.of("/var/lib/cloud/data/instance-id", "iid-1\n"));
    assertThat(identity)
        .isEqualTo(new GuestIdentity("web-01.example", ID, List.of(), "iid-1", List.of("fs")));
  }

  @Test
  void guest_that_will_make_its_identity_at_its_next_boot_has_none() throws IOException {
    for (String machineId : List.of("", "uninitialized\n", "0".repeat(32), "not an id\n")) {
      assertThat(
              read(List.of("/etc/hostname", "localhost\n"), List.of("/etc/machine-id", machineId)))
          .isEqualTo(new GuestIdentity(null, null, List.of(), null, List.of("fs")));
    }
  }

  @Test
  void instance_that_was_told_no_id_has_none_of_its_own() throws IOException {
    for (String id : List.of("nocloud", "iid-datasource-none")) {
      assertThat(
              read(
                      List.of("/etc/hostname", "web"),
                      List.of("/var/lib/cloud/data/instance-id", id + "\n"))
                  .instanceId())
          .isNull();
    }
  }

  @Test
  void empty_machine_id_is_filled_from_that_of_dbus_as_systemd_does() throws IOException {
    assertThat(
            read(List.of("/etc/machine-id", ""), List.of("/var/lib/dbus/machine-id", ID))
                .machineId())
        .isEqualTo(ID);
  }

  @Test
  void link_is_followed_within_the_archive_alone() throws IOException {
    Path archive = folder.resolve("links.tar");
    try (var tar = new TarArchiveOutputStream(Files.newOutputStream(archive))) {
      link(tar, "./etc/machine-id", "/var/lib/dbus/machine-id");
      file(tar, "./var/lib/dbus/machine-id", ID);
      link(tar, "./etc/hostname", "../../../../etc/passwd");
    }
    GuestIdentity identity = identity(archive);
    assertThat(identity.machineId()).isEqualTo(ID);
    assertThat(identity.hostname()).isNull();
  }

  @Test
  void file_system_of_its_own_for_var_is_looked_at_one_folder_higher() throws IOException {
    Path root = archive("root.tar", List.of("/etc/hostname", "web-01"));
    Path var = archive("var.tar", List.of("/lib/cloud/data/instance-id", "iid-1"));
    var files = new IdentityFiles();
    files.add(root);
    files.add(var);
    assertThat(files.identity(List.of()).instanceId()).isEqualTo("iid-1");
  }

  @Test
  void name_with_control_characters_and_a_file_that_is_far_too_large_are_left_out()
      throws IOException {
    GuestIdentity identity =
        read(
            List.of("/etc/hostname", "web\u001b[31m"),
            List.of("/etc/machine-id", ID + " ".repeat(20_000)));
    assertThat(identity.hostname()).isNull();
    assertThat(identity.machineId()).isNull();
  }

  @Test
  void archive_that_is_cut_off_gives_what_came_before() throws IOException {
    Path whole =
        archive(
            "cut.tar", List.of("/etc/machine-id", ID), List.of("/etc/ssh/ssh_host_rsa_key", "x"));
    byte[] bytes = Files.readAllBytes(whole);
    Files.write(whole, java.util.Arrays.copyOf(bytes, 1536));
    assertThat(identity(whole).machineId()).isEqualTo(ID);
  }

  @Test
  void system_is_not_hidden_by_a_big_file_that_comes_before_all_others() throws IOException {
    Path archive =
        archive(
            "hidden.tar",
            List.of("/etc/ssh/ssh_host_rsa_key", "x".repeat(40_000)),
            List.of("/etc/machine-id", ID));
    byte[] bytes = Files.readAllBytes(archive);
    Files.write(archive, java.util.Arrays.copyOf(bytes, 20_000));
    assertThat(identity(archive).machineId()).isNull();
  }

  @SafeVarargs
  private GuestIdentity read(List<String>... files) throws IOException {
    return identity(archive("guest.tar", files));
  }

  private static GuestIdentity identity(Path archive) throws IOException {
    var files = new IdentityFiles();
    files.add(archive);
    assertThat(files.hasSystem()).isTrue();
    return files.identity(List.of("fs"));
  }

  @SafeVarargs
  private Path archive(String name, List<String>... files) throws IOException {
    Path archive = folder.resolve(name);
    try (var tar = new TarArchiveOutputStream(Files.newOutputStream(archive))) {
      for (List<String> file : files) {
        file(tar, "." + file.get(0), file.get(1));
      }
    }
    return archive;
  }

  private static void file(TarArchiveOutputStream tar, String name, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static void link(TarArchiveOutputStream tar, String name, String target)
      throws IOException {
    var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }
}
