package id.cetak.audit;

import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainDisk;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.GuestIdentities.Seed;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an audit wants of a libvirt definition. */
final class Definitions {
  private static final String UUID_FORM = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

  private Definitions() {}

  static Definition of(Domain domain, DomainXml xml, Optional<Path> seed) {
    return new Definition(
        domain.name(),
        domain.uuid(),
        xml.macs().stream().map(mac -> mac.toLowerCase(Locale.ROOT)).distinct().toList(),
        Shape.of(xml),
        mark(xml),
        disks(xml).stream().map(disk -> disk.image().toString()).toList(),
        seed.map(Path::toString).orElse(null));
  }

  /** The disks that the guest owns. */
  static List<GuestDisk> disks(DomainXml xml) {
    return xml.disks().stream()
        .filter(DomainDisk::isOwnDisk)
        .filter(disk -> disk.file() != null)
        .map(disk -> new GuestDisk(Objects.requireNonNull(disk.file()), disk.format()))
        .toList();
  }

  /** What can be a seed: a medium that is put in, or a disk that the guest cannot write. */
  static List<Path> media(DomainXml xml) {
    return xml.disks().stream()
        .filter(disk -> !disk.isOwnDisk() && disk.format().equals("raw"))
        .flatMap(disk -> Optional.ofNullable(disk.file()).stream())
        .toList();
  }

  /** A seed without a medium: {@code ds=nocloud;h=NAME;i=ID} as the machine's serial number. */
  static Optional<Seed> serialSeed(DomainXml xml) {
    return DomainXml.children(xml.root(), "sysinfo").stream()
        .flatMap(sysinfo -> DomainXml.children(sysinfo, "system").stream())
        .flatMap(system -> DomainXml.children(system, "entry").stream())
        .filter(entry -> entry.getAttribute("name").equals("serial"))
        .map(entry -> entry.getTextContent().strip())
        .filter(serial -> serial.startsWith("ds=nocloud"))
        .map(serial -> new Seed(word(serial, "i"), word(serial, "h")))
        .findFirst();
  }

  private static String word(String serial, String key) {
    return Arrays.stream(serial.split(";", -1))
        .filter(part -> part.startsWith(key + "="))
        .map(part -> part.substring(key.length() + 1))
        .findFirst()
        .orElse("");
  }

  /** A disk of the guest's own that is no file, by what libvirt calls its source. */
  static Optional<String> foreign(DomainXml xml) {
    return xml.disks().stream()
        .filter(disk -> disk.isOwnDisk() && disk.file() == null)
        .map(disk -> "disk %s is of type %s".formatted(disk.target(), disk.sourceType()))
        .findFirst();
  }

  private static @Nullable UUID mark(DomainXml xml) {
    return DomainXml.child(xml.root(), "metadata").stream()
        .flatMap(metadata -> DomainXml.children(metadata, null).stream())
        .filter(element -> DomainXml.CETAK_NAMESPACE.equals(element.getNamespaceURI()))
        .map(element -> element.getAttribute("id"))
        .filter(id -> id.matches(UUID_FORM))
        .map(UUID::fromString)
        .findFirst()
        .orElse(null);
  }
}
