package id.cetak.clone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.command.Command;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.identity.Identity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** The templates are what libvirt 9.0 wrote; {@code *.clone.xml} is what must come of them. */
class CloneXmlTest {
  private static final UUID ID = UUID.fromString("0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01");
  private static final CloneFiles FILES = CloneFiles.of(Path.of("/images"), ID);
  private static final Hardware UNCHANGED = new Hardware(null, null, null);

  @Test
  void a_bios_template_with_a_cloud_init_cdrom_becomes_its_golden_clone() {
    assertThat(pretty(cast("bios", UNCHANGED, "vda"))).isEqualTo(resource("bios.clone.xml"));
  }

  @Test
  void a_uefi_template_becomes_its_golden_clone() {
    assertThat(pretty(cast("efi", UNCHANGED, "sda"))).isEqualTo(resource("efi.clone.xml"));
  }

  @Test
  void a_template_with_everything_becomes_its_golden_clone() {
    assertThat(pretty(cast("everything", new Hardware(6, 512, "lan"), "vda", "sda")))
        .isEqualTo(resource("everything.clone.xml"));
  }

  @Test
  void the_same_plan_gives_the_same_text() {
    assertThat(cast("everything", UNCHANGED, "vda", "sda"))
        .isEqualTo(cast("everything", UNCHANGED, "vda", "sda"));
  }

  @Test
  void nothing_that_identifies_the_template_is_left() {
    assertThat(cast("everything", UNCHANGED, "vda", "sda"))
        .doesNotContain(
            "11111111-2222-4333-8444-666666666666",
            "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
            "52:54:00:11:22:33",
            "52:54:00:44:55:66",
            "ds=nocloud",
            "BOARD-1",
            "CHASSIS-1",
            "ROOT-OF-GOLDEN",
            "5000c50015ea71aa",
            "09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f",
            "192.0.2.7",
            "golden",
            "/srv/",
            "/var/log",
            "images/clones/old",
            "urn:other:app",
            "5999",
            "4555",
            "address=\"77\"",
            "64055");
  }

  @Test
  void two_clones_of_one_template_share_no_identifier() {
    var first = identifiers(cast("everything", UNCHANGED, "vda", "sda"));
    var second =
        identifiers(
            castText(
                template("everything"),
                spec(
                    UUID.fromString("77777777-6f4c-4c57-9a3c-6f8f7f1f0a02"),
                    UNCHANGED,
                    2,
                    "vda",
                    "sda")));
    assertThat(first).isNotEmpty().doesNotContainAnyElementsOf(second);
  }

  @Test
  void the_number_of_cpus_keeps_a_topology_that_fits() {
    var xml = DomainXml.parse(cast("everything", new Hardware(4, null, null), "vda", "sda"));
    Element cpu = DomainXml.child(xml.root(), "cpu").orElseThrow();
    assertThat(DomainXml.child(cpu, "topology")).isPresent();
    assertThat(DomainXml.child(xml.root(), "vcpu").orElseThrow().hasAttribute("current")).isFalse();
  }

  @Test
  void a_topology_that_has_no_numbers_goes_when_the_cpus_are_chosen() {
    for (String cores : List.of("four", "99999999999999999999", "-4")) {
      String xml =
          """
          <domain type='qemu'><name>t</name><uuid/><os/><cpu><topology sockets='1' cores='%s'/></cpu>
          <devices><disk device='disk'><target dev='vda' bus='virtio'/></disk></devices></domain>
          """
              .formatted(cores);
      Element cpu =
          DomainXml.child(
                  DomainXml.parse(castText(xml, spec(ID, new Hardware(4, null, null), 0, "vda")))
                      .root(),
                  "cpu")
              .orElseThrow();
      assertThat(DomainXml.child(cpu, "topology")).as(cores).isEmpty();
    }
  }

  @Test
  void guest_numa_cells_go_when_the_memory_changes() {
    var xml = DomainXml.parse(cast("everything", new Hardware(null, 4096, null), "vda", "sda"));
    Element cpu = DomainXml.child(xml.root(), "cpu").orElseThrow();
    assertThat(DomainXml.child(cpu, "numa")).isEmpty();
    assertThat(DomainXml.child(xml.root(), "currentMemory").orElseThrow().getTextContent())
        .isEqualTo("4096");
  }

  @Test
  void the_seed_comes_behind_every_other_virtio_disk() {
    assertThat(seedTarget("vda")).isEqualTo("vdb");
    assertThat(seedTarget("sda")).isEqualTo("vda");
    assertThat(seedTarget("vdb", "vdd")).isEqualTo("vde");
    assertThat(seedTarget("vdz")).isEqualTo("vdaa");
    assertThat(seedTarget("vdaz")).isEqualTo("vdba");
    assertThat(seedTarget("vdzz")).isEqualTo("vdaaa");
  }

  @Test
  void the_seed_fills_no_gap_before_the_root_disk_on_the_pci_bus() {
    String gapAtBus1 = template("bios").replaceAll("(?s)<interface.*</interface>", "");
    assertThat(seedAddress(gapAtBus1)).isEqualTo("bus 0x07 slot 0x00");
  }

  @Test
  void the_seed_gets_a_new_root_port_when_none_is_free_behind_the_root_disk() {
    String full =
        template("bios")
            .replaceAll("(?s)<controller type='pci' index='([7-9]|1[0-9])'.*?</controller>", "");
    assertThat(seedAddress(full)).isEqualTo("bus 0x07 slot 0x00");
    assertThat(castText(full, spec(ID, UNCHANGED, 1, "vda")))
        .containsOnlyOnce("<controller index=\"7\" model=\"pcie-root-port\" type=\"pci\"/>");
  }

  @Test
  void the_seed_comes_behind_the_root_disk_on_a_flat_pci_bus_too() {
    String flat =
        """
        <domain type='kvm'><name/><uuid/><os/><devices>
        <disk device='disk'><target dev='vda' bus='virtio'/>
        <address type='pci' domain='0x0000' bus='0x00' slot='0x07' function='0x0'/></disk>
        <memballoon model='virtio'>
        <address type='pci' domain='0x0000' bus='0x00' slot='0x08' function='0x0'/></memballoon>
        </devices></domain>
        """;
    assertThat(seedAddress(flat)).isEqualTo("bus 0x00 slot 0x09");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"/><evil a=\"",
        "</name><devices/>",
        "<!--",
        "]]>",
        "&lt;&amp;",
        "' or 1=1",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;"
      })
  void a_hostile_text_never_becomes_markup(String hostile) {
    var identity = new Identity(ID, hostile, hostile, List.of(hostile));
    var lineage = lineage(identity, hostile, hostile, Map.of(hostile, hostile));
    var spec =
        new CloneSpec(
            identity, lineage, FILES, disks(FILES, "vda"), new Hardware(1, 1, hostile), false);
    var xml = DomainXml.parse(castText(template("bios"), spec));
    assertThat(DomainXml.child(xml.root(), "name").orElseThrow().getTextContent())
        .isEqualTo(hostile);
    assertThat(xml.macs()).containsExactly(hostile);
    assertThat(source(xml.devices("interface").get(0), "network")).isEqualTo(hostile);
    assertThat(xml.text()).doesNotContain("<evil", "<!DOCTYPE", "<!--");
  }

  @Test
  void a_definition_that_lacks_a_planned_disk_is_refused() {
    assertThatThrownBy(() -> cast("bios", UNCHANGED, "vda", "vdx"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vdx");
  }

  @Test
  void a_disk_that_was_not_sealed_is_not_handed_down() {
    var xml = DomainXml.parse(cast("everything", UNCHANGED, "vda"));
    assertThat(xml.disks())
        .filteredOn(disk -> disk.file() != null)
        .extracting(DomainDisk::file)
        .containsExactly(FILES.disk(0), FILES.seed());
  }

  @Test
  void uefi_variables_get_a_path_of_the_clones_own_even_where_the_template_names_none() {
    String template =
        template("efi")
            .replaceAll("(?s)<nvram.*?</nvram>", "")
            .replace("<os>", "<os firmware='efi'>");
    assertThat(DomainXml.parse(castText(template, spec(ID, UNCHANGED, 1, "sda"))).nvram())
        .contains(FILES.nvram());
  }

  @Test
  void a_stateless_firmware_gets_no_variables() {
    String template =
        template("efi")
            .replaceAll("(?s)<nvram.*?</nvram>", "")
            .replace("<loader ", "<loader stateless='yes' ");
    assertThat(DomainXml.parse(castText(template, spec(ID, UNCHANGED, 1, "sda"))).nvram())
        .isEmpty();
  }

  @Test
  void an_address_without_numbers_is_no_place_beside_which_a_seed_is_put() {
    for (String address :
        List.of("bus='' slot='0x07'", "bus='0x00' slot='seven'", "bus='0x99999999999' slot='0'")) {
      String xml =
          "<domain type='qemu'><name>t</name><uuid/><os/><devices><disk device='disk'><target dev='vda' bus='virtio'/>"
              + "<address type='pci' domain='0x0000' %s function='0x0'/></disk></devices></domain>"
                  .formatted(address);
      var clone = DomainXml.parse(castText(xml, spec(ID, UNCHANGED, 0, "vda")));
      assertThat(clone.disks()).filteredOn(DomainDisk::readonly).hasSize(1);
    }
  }

  static String template(String name) {
    return resource(name + ".template.xml");
  }

  static CloneSpec spec(UUID id, Hardware hardware, int macs, String... targets) {
    var files = CloneFiles.of(Path.of("/images"), id);
    var addresses = new ArrayList<String>();
    for (int nic = 0; nic < macs; nic++) {
      addresses.add("52:54:00:%s:00:%02x".formatted(id.toString().substring(0, 2), nic));
    }
    var identity = new Identity(id, "web-07", "web-07", addresses);
    return new CloneSpec(
        identity,
        lineage(identity, "debian-12", "order-4711", Map.of()),
        files,
        disks(files, targets),
        hardware,
        false);
  }

  static Lineage lineage(
      Identity identity, String template, String command, Map<String, String> labels) {
    return new Lineage(
        identity.id(),
        template,
        3,
        "d".repeat(64),
        1,
        command,
        null,
        Command.Disk.LINKED,
        identity.hostname(),
        identity.instanceId(),
        identity.macs(),
        labels);
  }

  private static List<PlannedDisk> disks(CloneFiles files, String... targets) {
    var disks = new ArrayList<PlannedDisk>();
    for (String target : targets) {
      disks.add(
          new PlannedDisk(
              target,
              files.disk(disks.size()),
              Path.of("/images/sealed/disk-" + disks.size() + ".qcow2"),
              "qcow2",
              1 << 30,
              false));
    }
    return disks;
  }

  private static String cast(String template, Hardware hardware, String... targets) {
    String xml = template(template);
    int nics = DomainXml.parse(xml).devices("interface").size();
    return castText(xml, spec(ID, hardware, nics, targets));
  }

  private static String seedTarget(String... targets) {
    var definition = new StringBuilder("<domain type='qemu'><name>t</name><uuid/><os/><devices>");
    for (String target : targets) {
      definition.append("<disk device='disk'><target dev='").append(target).append("'/></disk>");
    }
    definition.append("</devices></domain>");
    var xml = DomainXml.parse(castText(definition.toString(), spec(ID, UNCHANGED, 0, targets)));
    return xml.disks().stream().filter(DomainDisk::readonly).findFirst().orElseThrow().target();
  }

  private static String seedAddress(String template) {
    int nics = DomainXml.parse(template).devices("interface").size();
    var xml = DomainXml.parse(castText(template, spec(ID, UNCHANGED, nics, "vda")));
    Element seed =
        xml.devices("disk").stream()
            .filter(disk -> source(disk, "file").endsWith("seed.iso"))
            .findFirst()
            .orElseThrow();
    Element address = DomainXml.child(seed, "address").orElseThrow();
    return "bus %s slot %s".formatted(address.getAttribute("bus"), address.getAttribute("slot"));
  }

  private static String source(Element device, String attribute) {
    return DomainXml.child(device, "source").map(s -> s.getAttribute(attribute)).orElse("");
  }

  private static List<String> identifiers(String xml) {
    var found = new ArrayList<String>();
    var matcher =
        Pattern.compile(
                "[0-9a-f]{8}-[0-9a-f-]{27}|52:54:00[0-9a-f:]+|(?<=<(serial|wwn)>)[^<]+|/images/[^'\"<]+")
            .matcher(xml);
    while (matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(CloneXmlTest.class.getResourceAsStream("/clone/" + name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Indented evenly, so that a golden file shows what changed and not how. */
  static String pretty(String xml) {
    try {
      var document = DomainXml.parse(xml.replaceAll(">\\s+<", "><")).document();
      var transformer = TransformerFactory.newInstance().newTransformer();
      transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
      transformer.setOutputProperty(OutputKeys.INDENT, "yes");
      transformer.setOutputProperty("{http://xml.apache.org/xslt}indent-amount", "2");
      var text = new java.io.StringWriter();
      transformer.transform(new DOMSource(document), new StreamResult(text));
      return text.toString();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String castText(String template, CloneSpec spec) {
    return CloneXml.cast(DomainXml.parse(template), spec).text();
  }
}
