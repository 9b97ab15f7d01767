package id.cetak.clone;

import id.cetak.hypervisor.DomainXml;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.w3c.dom.Element;

/** Where a clone's serial consoles are written to. */
public final class Consoles {
  private Consoles() {}

  /** The files of a clone's own folder that its consoles are written to; never any other file. */
  public static List<Path> logs(DomainXml definition, CloneFiles files) {
    return Stream.of("serial", "console")
        .flatMap(name -> definition.devices(name).stream())
        .flatMap(console -> Stream.concat(file(console).stream(), log(console).stream()))
        .distinct()
        .map(Path::of)
        .filter(path -> files.folder().equals(path.getParent()))
        .toList();
  }

  /** Gives a clone whose consoles leave no trace one that does, so that its guest can be heard. */
  static void keepOne(DomainXml xml, CloneFiles files) {
    if (logs(xml, files).isEmpty()) {
      List<Element> ports = xml.devices("serial");
      Element port = ports.isEmpty() ? newPort(xml) : ports.get(0);
      Markup.append(port, "log").setAttribute("file", files.device("console.log").toString());
    }
  }

  private static Element newPort(DomainXml xml) {
    Element devices = DomainXml.child(xml.root(), "devices").orElseThrow();
    Element port = Markup.append(devices, "serial");
    port.setAttribute("type", "pty");
    return port;
  }

  private static Optional<String> file(Element console) {
    return console.getAttribute("type").equals("file")
        ? DomainXml.child(console, "source").map(source -> source.getAttribute("path"))
        : Optional.empty();
  }

  private static Optional<String> log(Element console) {
    return DomainXml.child(console, "log").map(log -> log.getAttribute("file"));
  }
}
