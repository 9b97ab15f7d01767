package id.cetak.clone;

import static id.cetak.clone.Markup.removeAttributes;
import static id.cetak.clone.Markup.removeChildren;

import id.cetak.hypervisor.DomainXml;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.w3c.dom.Element;

/**
 * Serial ports, consoles, channels and displays of a clone's definition: no file, socket or port
 * that another VM has.
 */
final class CloneConsoles {
  private static final Set<String> LISTENERS = Set.of("tcp", "udp");

  private final CloneFiles files;

  /** Where each of the template's paths went: a console can name the file of a serial port. */
  private final Map<String, String> moved = new HashMap<>();

  private CloneConsoles(CloneFiles files) {
    this.files = files;
  }

  static void renew(DomainXml xml, CloneFiles files) {
    var consoles = new CloneConsoles(files);
    for (String name : List.of("serial", "parallel", "console", "channel")) {
      List<Element> devices = xml.devices(name);
      for (int number = 0; number < devices.size(); number++) {
        consoles.renew(devices.get(number), name + "-" + number);
      }
    }
    xml.devices("graphics").forEach(CloneConsoles::renewDisplay);
  }

  private void renew(Element device, String name) {
    DomainXml.child(device, "log")
        .ifPresent(
            log -> log.setAttribute("file", moved(log.getAttribute("file"), name + "-copy.log")));
    device.removeAttribute("tty");
    String type = device.getAttribute("type");
    boolean connects =
        DomainXml.children(device, "source").stream()
            .anyMatch(source -> source.getAttribute("mode").equals("connect"));
    switch (type) {
      case "file" -> relocate(device, name + ".log");
      case "pty" -> removeChildren(device, "source");
      case "unix" -> {
        if (!connects && device.getNodeName().equals("channel")) {
          // libvirt makes a path of the domain's own for a channel that names none.
          removeChildren(device, "source");
        } else if (!connects) {
          relocate(device, name + ".sock");
        }
      }
      default -> {
        if (LISTENERS.contains(type) && !connects) {
          // A port can be listened on once on a host; a pty is always free.
          device.setAttribute("type", "pty");
          removeChildren(device, "source", "protocol");
        }
      }
    }
  }

  private void relocate(Element device, String name) {
    DomainXml.children(device, "source").stream()
        .filter(source -> source.hasAttribute("path"))
        .forEach(source -> source.setAttribute("path", moved(source.getAttribute("path"), name)));
  }

  private String moved(String old, String name) {
    return moved.computeIfAbsent(old, path -> files.device(name).toString());
  }

  private static void renewDisplay(Element display) {
    if (!Set.of("vnc", "spice", "rdp").contains(display.getAttribute("type"))) {
      return;
    }
    removeAttributes(display, "port", "tlsPort", "socket");
    if (display.hasAttribute("websocket")) {
      display.setAttribute("websocket", "-1");
    }
    boolean onSocket = false;
    for (Element listen : DomainXml.children(display, "listen")) {
      listen.removeAttribute("socket");
      onSocket |= listen.getAttribute("type").equals("socket");
    }
    if (!onSocket) {
      display.setAttribute("autoport", "yes");
    }
  }
}
