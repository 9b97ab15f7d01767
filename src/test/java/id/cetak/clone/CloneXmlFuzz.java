package id.cetak.clone;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.command.Command;
import id.cetak.command.CommandReader;
import id.cetak.command.CommandRefused;
import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.DomainXmlFuzz;
import id.cetak.identity.Identity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** A caller's clone command, and the definition that comes of it and of a template's. */
public final class CloneXmlFuzz {
  private static final UUID ID = UUID.fromString("0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01");
  private static final CloneFiles FILES = CloneFiles.of(Path.of("/images"), ID);
  private static final CommandReader READER = new CommandReader(262_144);

  private CloneXmlFuzz() {}

  public static List<byte[]> seeds() {
    String command =
        "{\"command\":\"clone\",\"id\":\"c\",\"template\":\"t\",\"name\":\"web-01\",\"cpus\":4,\"memoryMiB\":512,"
            + "\"network\":\"lan\",\"hostname\":\"h\",\"labels\":{\"team\":\"<b a='&amp;'>]]>\\\"💥\"}}";
    List<byte[]> seeds = new ArrayList<>();
    for (String template : List.of("bios", "efi", "everything")) {
      seeds.add(
          Input.of(command.getBytes(StandardCharsets.UTF_8), DomainXmlFuzz.template(template)));
    }
    return seeds;
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Input input = new Input(data);
    Command.Clone command = command(input.field());
    Optional<DomainXml> template = DomainXmlFuzz.parsed(input.rest());
    if (command != null && template.isPresent() && sealable(template.get())) {
      Claims.bounded(data.length, 4_000, () -> cast(command, template.get()));
    }
  }

  private static Command.@org.jspecify.annotations.Nullable Clone command(byte[] body) {
    try {
      return READER.read(body, "m-1") instanceof Command.Clone clone ? clone : null;
    } catch (CommandRefused e) {
      return null;
    }
  }

  /** As a seal demands it, and libvirt: no two disks at one place. */
  private static boolean sealable(DomainXml xml) {
    List<String> targets = xml.disks().stream().map(DomainDisk::target).toList();
    return xml.disks().stream().anyMatch(CloneXmlFuzz::isOwn)
        && targets.stream().distinct().count() == targets.size();
  }

  private static boolean isOwn(DomainDisk disk) {
    return disk.isOwnDisk() && disk.file() != null;
  }

  private static void cast(Command.Clone command, DomainXml template) {
    List<String> macs = new ArrayList<>();
    template.devices("interface").forEach(nic -> macs.add("52:54:00:00:00:01"));
    List<PlannedDisk> disks = new ArrayList<>();
    template.disks().stream()
        .filter(CloneXmlFuzz::isOwn)
        .forEach(
            disk ->
                disks.add(
                    new PlannedDisk(
                        disk.target(),
                        FILES.disk(disks.size()),
                        Path.of("/images/sealed/disk.qcow2"),
                        "qcow2",
                        1 << 30,
                        false)));
    var identity =
        new Identity(ID, command.name().value(), command.hostname().value(), List.copyOf(macs));
    Lineage lineage =
        CloneXmlTest.lineage(
            identity, command.template().value(), command.id().value(), command.labels());
    String xml =
        castText(
            template.text(),
            new CloneSpec(identity, lineage, FILES, disks, Hardware.of(command), true));
    judge(DomainXml.parse(xml), identity, lineage);
  }

  private static void judge(DomainXml clone, Identity identity, Lineage lineage) {
    hold(Lineage.of(clone).equals(Optional.of(lineage)), "it says of itself _", Lineage.of(clone));
    hold(text(clone, "name").equals(identity.name()), "the name _", text(clone, "name"));
    hold(text(clone, "uuid").equals(ID.toString()), "the uuid _", text(clone, "uuid"));
    hold(clone.macs().equals(identity.macs()), "the addresses _", clone.macs());
    clone.disks().stream()
        .map(DomainDisk::file)
        .filter(Objects::nonNull)
        .forEach(file -> hold(FILES.folder().equals(file.getParent()), "a disk lies at _", file));
    hold(!Consoles.logs(clone, FILES).isEmpty(), "no console is kept");
  }

  private static String text(DomainXml xml, String name) {
    return DomainXml.child(xml.root(), name).orElseThrow().getTextContent();
  }

  private static String castText(String template, CloneSpec spec) {
    return CloneXml.cast(DomainXml.parse(template), spec).text();
  }
}
