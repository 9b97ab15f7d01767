package id.cetak.clone;

import static id.cetak.clone.Markup.append;
import static id.cetak.clone.Markup.insert;
import static id.cetak.clone.Markup.remove;
import static id.cetak.clone.Markup.removeChildren;
import static id.cetak.clone.Markup.setText;

import id.cetak.hypervisor.DomainXml;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.w3c.dom.Element;

/**
 * The disks of a clone's definition: its own images in place of the template's, drives without
 * their media, and the seed.
 */
final class CloneDisks {
  private CloneDisks() {}

  static void replace(DomainXml xml, CloneSpec spec) {
    Map<String, PlannedDisk> planned =
        spec.disks().stream()
            .collect(Collectors.toMap(PlannedDisk::target, own -> own, (a, b) -> b, TreeMap::new));
    for (Element disk : xml.devices("disk")) {
      renumber(disk, spec.identity().id());
      PlannedDisk own = planned.remove(target(disk));
      if (own != null) {
        rebase(disk, own);
      } else if (List.of("cdrom", "floppy").contains(disk.getAttribute("device"))) {
        empty(disk);
      } else {
        // Such as the read-only seed of a clone that was sealed again: never handed down.
        remove(disk);
      }
    }
    if (!planned.isEmpty()) {
      throw new IllegalArgumentException("the definition has no disk " + planned.keySet());
    }
    addSeed(xml, spec);
  }

  /** Cache, io and discard settings, the address and the boot order stay. */
  private static void rebase(Element disk, PlannedDisk own) {
    disk.setAttribute("type", "file");
    disk.setAttribute("device", "disk");
    removeChildren(
        disk, "backingStore", "mirror", "alias", "source", "readonly", "shareable", "transient");
    Element driver = driver(disk);
    driver.setAttribute("name", "qemu");
    driver.setAttribute("type", "qcow2");
    Element source = insert(disk, "source", driver.getNextSibling());
    source.setAttribute("file", own.image().toString());
  }

  /**
   * A serial is 20 characters at most on virtio and IDE. A wwn has 16 digits; one that begins with
   * 3 is locally assigned.
   */
  private static void renumber(Element disk, UUID cloneId) {
    String target = target(disk);
    if (DomainXml.child(disk, "serial").isPresent()) {
      setText(disk, "serial", CloneXml.derivedDigits(cloneId, "serial/" + target, 20));
    }
    if (DomainXml.child(disk, "wwn").isPresent()) {
      setText(disk, "wwn", "3" + CloneXml.derivedDigits(cloneId, "wwn/" + target, 15));
    }
  }

  private static Element driver(Element disk) {
    return DomainXml.child(disk, "driver")
        .orElseGet(() -> insert(disk, "driver", disk.getFirstChild()));
  }

  /** The drive stays, so that the guest's hardware is the same; what lay in it does not. */
  private static void empty(Element drive) {
    drive.setAttribute("type", "file");
    removeChildren(drive, "source", "backingStore", "mirror", "alias");
  }

  /** On virtio-blk, because a guest may lack the driver for an emulated CD drive. */
  private static void addSeed(DomainXml xml, CloneSpec spec) {
    List<Element> disks = xml.devices("disk");
    Element last = disks.get(disks.size() - 1);
    Element seed = insert((Element) last.getParentNode(), "disk", last.getNextSibling());
    seed.setAttribute("type", "file");
    seed.setAttribute("device", "disk");
    Element driver = append(seed, "driver");
    driver.setAttribute("name", "qemu");
    driver.setAttribute("type", "raw");
    append(seed, "source").setAttribute("file", spec.files().seed().toString());
    Element target = append(seed, "target");
    target.setAttribute("dev", afterLastVirtio(disks));
    target.setAttribute("bus", "virtio");
    append(seed, "readonly");
    SeedSlot.choose(xml, seed);
  }

  /**
   * Behind every other virtio disk, never in a gap: libvirt sorts a bus by name, and "boot from the
   * hard disk" takes the first one.
   */
  private static String afterLastVirtio(List<Element> disks) {
    int last =
        disks.stream()
            .map(CloneDisks::target)
            .filter(name -> name.matches("vd[a-z]{1,3}"))
            .mapToInt(name -> number(name.substring(2)))
            .max()
            .orElse(0);
    return "vd" + letters(last + 1);
  }

  /** a is 1, z is 26, aa is 27. */
  private static int number(String letters) {
    return letters.chars().reduce(0, (number, letter) -> number * 26 + (letter - 'a' + 1));
  }

  private static String letters(int number) {
    String last = Character.toString('a' + (number - 1) % 26);
    return number <= 26 ? last : letters((number - 1) / 26) + last;
  }

  private static String target(Element disk) {
    return DomainXml.child(disk, "target").map(t -> t.getAttribute("dev")).orElse("");
  }
}
