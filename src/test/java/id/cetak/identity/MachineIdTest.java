package id.cetak.identity;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.DomainXml;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineIdTest {
  private static final UUID ID = UUID.fromString("0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01");
  private static final String PLAIN =
      """
      <domain type='kvm'><os><type arch='x86_64' machine='q35'>hvm</type></os>
        <features><acpi/></features><cpu mode='host-model'/></domain>
      """;

  @Test
  void systemd_takes_it_from_the_uuid_under_kvm_and_plain_qemu() {
    assertThat(id(PLAIN, 252)).contains("0f9bd1e46f4c4c579a3c6f8f7f1f0a01");
    assertThat(id(PLAIN.replace("'kvm'", "'qemu'"), 249)).isPresent();
  }

  @Test
  void without_a_systemd_that_is_known_to_do_so_it_is_not_known() {
    assertThat(id(PLAIN, null)).isEmpty();
    assertThat(id(PLAIN, 248)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<domain type='xen'><os><type arch='x86_64'>hvm</type></os></domain>",
        "<domain type='kvm'><os><type arch='aarch64'>hvm</type></os></domain>",
        "<domain type='kvm'><os><type>hvm</type></os></domain>",
        "<domain type='kvm'><os><type"
            + " arch='x86_64'>hvm</type><cmdline>systemd.machine_id=1</cmdline></os></domain>",
        "<domain type='kvm'><os><type"
            + " arch='x86_64'>hvm</type></os><features><hyperv/></features></domain>",
        "<domain type='kvm'><os><type arch='x86_64'>hvm</type></os><features><kvm><hidden"
            + " state='on'/></kvm></features></domain>",
        "<domain type='kvm'><os><type arch='x86_64'>hvm</type></os><cpu><feature name='hypervisor'"
            + " policy='disable'/></cpu></domain>",
        "<domain type='kvm'><os><type arch='x86_64'>hvm</type></os><sysinfo"
            + " type='smbios'><system/></sysinfo></domain>",
      })
  void where_the_hypervisor_may_be_hidden_it_is_not_known(String definition) {
    assertThat(id(definition, 255)).isEmpty();
  }

  private static Optional<String> id(String definition, @Nullable Integer systemd) {
    return MachineId.of(ID, DomainXml.parse(definition), systemd);
  }
}
