package id.cetak.audit;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.GuestIdentities.Seed;
import id.cetak.hypervisor.PowerState;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DefinitionsTest {
  private static final String XML =
      """
      <domain type='kvm'>
        <name>pet</name><uuid>6f1c1d0e-52a5-4c3c-9d0b-0c6d3a7e9a10</uuid>
        <metadata><cetak:clone xmlns:cetak='urn:cetak:domain:1' id='1b8e0a52-8a51-4f8e-a2b0-52e2a9d5c7f4'/></metadata>
        <memory unit='KiB'>65536</memory><vcpu>1</vcpu>
        <os><type arch='x86_64' machine='pc'>hvm</type></os>
        <sysinfo type='smbios'><system><entry name='serial'>ds=nocloud;h=web;i=iid-1</entry></system></sysinfo>
        <devices>
          <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/vms/pet.qcow2'/><target dev='vda' bus='virtio'/></disk>
          <disk type='network' device='disk'><source protocol='rbd' name='pool/x'/><target dev='vdb' bus='virtio'/></disk>
          <disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='/seeds/pet.iso'/><target dev='sda' bus='sata'/><readonly/></disk>
          <interface type='user'><mac address='52:54:00:AA:bb:01'/><model type='virtio'/></interface>
        </devices>
      </domain>
      """;

  @Test
  void definition_tells_what_identifies_its_domain() {
    DomainXml xml = DomainXml.parse(XML);
    var domain =
        new Domain(
            "pet",
            UUID.fromString("6f1c1d0e-52a5-4c3c-9d0b-0c6d3a7e9a10"),
            PowerState.OFF,
            XML,
            true);
    Definition definition = Definitions.of(domain, xml, Optional.empty());
    assertThat(definition.macs()).containsExactly("52:54:00:aa:bb:01");
    assertThat(definition.mark())
        .isEqualTo(UUID.fromString("1b8e0a52-8a51-4f8e-a2b0-52e2a9d5c7f4"));
    assertThat(Definitions.disks(xml))
        .containsExactly(new GuestDisk(Path.of("/vms/pet.qcow2"), "qcow2"));
    assertThat(Definitions.media(xml)).containsExactly(Path.of("/seeds/pet.iso"));
    assertThat(Definitions.foreign(xml)).contains("disk vdb is of type network");
    assertThat(Definitions.serialSeed(xml)).contains(new Seed("iid-1", "web"));
  }

  @Test
  void copy_under_another_name_has_the_same_shape_and_other_hardware_has_not() {
    String shape = Shape.of(DomainXml.parse(XML));
    String copy =
        XML.replace("<name>pet<", "<name>pet-clone<")
            .replace("6f1c1d0e", "7f1c1d0e")
            .replace("/vms/pet.qcow2", "/vms/pet-clone.qcow2")
            .replace("AA:bb:01", "aa:bb:02");
    assertThat(Shape.of(DomainXml.parse(copy))).isEqualTo(shape);
    assertThat(Shape.of(DomainXml.parse(XML.replace("<vcpu>1<", "<vcpu>2<")))).isNotEqualTo(shape);
    assertThat(Shape.of(DomainXml.parse(XML.replace("bus='sata'", "bus='ide'"))))
        .isNotEqualTo(shape);
  }
}
