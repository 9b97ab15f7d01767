package id.cetak.hypervisor;

import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerConfigurationException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/**
 * A libvirt domain definition as a tree. Only ever changed as a tree: text from a caller becomes a
 * text node or an attribute value, never markup. Document types and external entities are refused.
 */
public final class DomainXml {
  /** Marks the elements that Cetak writes into a domain's metadata. */
  public static final String CETAK_NAMESPACE = "urn:cetak:domain:1";

  private static final String METADATA_END = "</metadata>";

  /**
   * Finding and making these takes longer than reading a definition; neither may be used by two
   * threads at once.
   */
  private static final ThreadLocal<DocumentBuilder> READER =
      ThreadLocal.withInitial(DomainXml::reader);

  private static final ThreadLocal<Transformer> WRITER = ThreadLocal.withInitial(DomainXml::writer);

  private final Document document;

  private DomainXml(Document document) {
    this.document = document;
  }

  /**
   * Reads a definition. Metadata that only libvirt's own parser takes is left out: anybody may
   * write it (a prefix that is bound to nothing, attributes in thousands), and it must not hide a
   * domain.
   *
   * @throws IllegalArgumentException when this is not well-formed XML, or has a document type
   */
  public static DomainXml parse(String xml) {
    try {
      return new DomainXml(read(xml));
    } catch (Exception e) {
      try {
        return new DomainXml(read(withoutMetadata(xml)));
      } catch (Exception again) {
        throw new IllegalArgumentException("not a domain definition: " + e.getMessage(), e);
      }
    }
  }

  private static Document read(String xml) throws Exception {
    return READER.get().parse(new InputSource(new StringReader(xml)));
  }

  // libvirt writes the element once, and outside of it no '<' but as '&lt;'.
  private static String withoutMetadata(String xml) {
    int from = xml.indexOf("<metadata>");
    int end = xml.lastIndexOf(METADATA_END);
    return from < 0 || end < from
        ? xml
        : xml.substring(0, from) + xml.substring(end + METADATA_END.length());
  }

  public Document document() {
    return document;
  }

  public Element root() {
    return document.getDocumentElement();
  }

  /** The hypervisor type: {@code kvm}, {@code qemu}, {@code test}, ... */
  public String type() {
    return root().getAttribute("type");
  }

  public List<DomainDisk> disks() {
    return devices("disk").stream().map(DomainXml::disk).toList();
  }

  public List<String> macs() {
    return devices("interface").stream()
        .flatMap(nic -> child(nic, "mac").stream())
        .map(mac -> mac.getAttribute("address"))
        .toList();
  }

  /** The file that holds the guest's UEFI variables, when the definition names one. */
  public Optional<Path> nvram() {
    return child(root(), "os")
        .flatMap(os -> child(os, "nvram"))
        .map(
            nvram ->
                child(nvram, "source")
                    .map(s -> s.getAttribute("file"))
                    .orElse(nvram.getTextContent().strip()))
        .filter(text -> !text.isEmpty())
        .map(Path::of);
  }

  public boolean hasHostDevices() {
    return !devices("hostdev").isEmpty();
  }

  /** All direct children of {@code <devices>} with this name. */
  public List<Element> devices(String name) {
    return child(root(), "devices").map(devices -> children(devices, name)).orElse(List.of());
  }

  public static List<Element> children(Element parent, @Nullable String name) {
    List<Element> found = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && (name == null || name.equals(element.getNodeName()))) {
        found.add(element);
      }
    }
    return found;
  }

  public static Optional<Element> child(Element parent, String name) {
    return children(parent, name).stream().findFirst();
  }

  /** The definition as text. */
  public String text() {
    return text(document);
  }

  /** A part of a definition as text. */
  public static String text(Node part) {
    try {
      var text = new StringWriter();
      WRITER.get().transform(new DOMSource(part), new StreamResult(text));
      return text.toString();
    } catch (Exception e) {
      throw new IllegalStateException("a parsed definition cannot be written", e);
    }
  }

  private static DocumentBuilder reader() {
    try {
      var factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setNamespaceAware(true);
      factory.setExpandEntityReferences(false);
      // All of a definition is looked at: to leave that for later makes it dearer.
      factory.setFeature("http://apache.org/xml/features/dom/defer-node-expansion", false);
      var reader = factory.newDocumentBuilder();
      reader.setErrorHandler(null);
      return reader;
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("this JDK reads no XML safely", e);
    }
  }

  private static Transformer writer() {
    try {
      var factory = TransformerFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      var writer = factory.newTransformer();
      writer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
      return writer;
    } catch (TransformerConfigurationException e) {
      throw new IllegalStateException("this JDK writes no XML", e);
    }
  }

  private static DomainDisk disk(Element disk) {
    Optional<Element> source = child(disk, "source");
    Path file =
        source
            .map(s -> s.getAttribute("file"))
            .filter(f -> !f.isEmpty())
            .map(Path::of)
            .orElse(null);
    String format =
        child(disk, "driver")
            .map(d -> d.getAttribute("type"))
            .filter(f -> !f.isEmpty())
            .orElse("raw");
    String device = disk.getAttribute("device");
    return new DomainDisk(
        child(disk, "target").map(t -> t.getAttribute("dev")).orElse(""),
        device.isEmpty() ? "disk" : device,
        disk.getAttribute("type"),
        file,
        format,
        child(disk, "readonly").isPresent(),
        child(disk, "shareable").isPresent());
  }
}
