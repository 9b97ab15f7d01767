package id.cetak.audit;

import id.cetak.hypervisor.DomainXml;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.w3c.dom.Element;

/**
 * What stays the same in a definition when a tool copies it under another name: sizes, firmware,
 * and its devices with their kinds, but no name, UUID, address or path.
 */
final class Shape {
  /** Attributes that say what a device is; all others can be one VM's own. */
  private static final List<String> KINDS = List.of("type", "device", "bus", "model", "name");

  private static final List<String> PARTS = List.of("target", "model", "driver", "backend");

  private Shape() {}

  static String of(DomainXml definition) {
    List<String> words = new ArrayList<>();
    words.add(definition.type());
    for (String plain : List.of("memory", "vcpu")) {
      DomainXml.child(definition.root(), plain)
          .ifPresent(element -> words.add(plain + element.getTextContent().strip()));
    }
    DomainXml.child(definition.root(), "os").ifPresent(os -> firmware(os, words));
    DomainXml.child(definition.root(), "devices")
        .ifPresent(
            devices -> DomainXml.children(devices, null).forEach(device -> of(device, words)));
    String text = String.join("\n", words);
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static void firmware(Element os, List<String> words) {
    for (String plain : List.of("type", "kernel", "initrd", "cmdline", "loader")) {
      DomainXml.child(os, plain)
          .ifPresent(element -> words.add(plain + element.getTextContent().strip()));
    }
  }

  private static void of(Element device, List<String> words) {
    // libvirt adds these by itself.
    if (List.of("controller", "emulator", "audio", "input").contains(device.getNodeName())) {
      return;
    }
    StringBuilder word = new StringBuilder(device.getNodeName());
    kinds(device, word);
    for (String part : PARTS) {
      DomainXml.child(device, part)
          .ifPresent(
              element -> {
                word.append(' ').append(part);
                kinds(element, word);
              });
    }
    words.add(word.toString());
  }

  private static void kinds(Element element, StringBuilder word) {
    for (String kind : KINDS) {
      if (!element.getAttribute(kind).isEmpty()) {
        word.append(' ').append(element.getAttribute(kind));
      }
    }
  }
}
