package id.cetak.clone;

import id.cetak.command.Command.Disk;
import id.cetak.command.Name;
import id.cetak.hypervisor.DomainXml;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * Where a clone comes from and who it is, as its domain's metadata says it: enough to make its
 * entry in the ledger anew, as the ledger is enough to write this.
 *
 * @param id the clone's id, which is its job's and its domain's
 * @param digest SHA-256 of the sealed root disk; null where the version is not known any more
 * @param attempt the attempt of the job that planned the clone; 0 where nobody knows
 * @param command the command that asked for it; null where nobody knows
 * @param batch the command that asked for its batch
 * @param macs one address per interface, in order, as they were given out
 */
public record Lineage(
    UUID id,
    String template,
    int version,
    @Nullable String digest,
    int attempt,
    @Nullable String command,
    @Nullable String batch,
    Disk disk,
    String hostname,
    String instanceId,
    List<String> macs,
    Map<String, String> labels) {
  private static final String NAMESPACE = DomainXml.CETAK_NAMESPACE;
  private static final String XMLNS = "http://www.w3.org/2000/xmlns/";

  public Lineage {
    macs = List.copyOf(macs);
    labels = new TreeMap<>(labels);
  }

  /** Whether Cetak has marked the domain, readable or not. */
  public static boolean marks(DomainXml domain) {
    return element(domain).isPresent();
  }

  /** What a domain says of itself; empty when it says nothing, or not all of it. */
  public static Optional<Lineage> of(DomainXml domain) {
    return element(domain).flatMap(Lineage::read);
  }

  /** The clone's id alone, as builds before this one wrote it too. */
  public static Optional<UUID> idOf(DomainXml domain) {
    return element(domain).flatMap(element -> id(element.getAttribute("id")));
  }

  private static Optional<Element> element(DomainXml domain) {
    return DomainXml.child(domain.root(), "metadata")
        .flatMap(
            metadata ->
                DomainXml.children(metadata, null).stream()
                    .filter(child -> NAMESPACE.equals(child.getNamespaceURI()))
                    .filter(child -> "clone".equals(child.getLocalName()))
                    .findFirst());
  }

  private static Optional<Lineage> read(Element element) {
    Optional<UUID> id = id(element.getAttribute("id"));
    String version = element.getAttribute("version");
    String attempt = element.getAttribute("fence");
    Optional<Disk> disk = disk(element.getAttribute("disk"));
    boolean whole =
        version.matches("[1-9][0-9]{0,8}")
            && attempt.matches("[0-9]{1,9}")
            && Name.isLegal(element.getAttribute("template"))
            && Name.isLegal(element.getAttribute("hostname"))
            && !element.getAttribute("instance-id").isEmpty();
    if (!whole || id.isEmpty() || disk.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Lineage(
            id.get(),
            element.getAttribute("template"),
            Integer.parseInt(version),
            given(element, "digest"),
            Integer.parseInt(attempt),
            given(element, "command"),
            given(element, "batch"),
            disk.get(),
            element.getAttribute("hostname"),
            element.getAttribute("instance-id"),
            Arrays.stream(element.getAttribute("macs").split(" ", -1))
                .filter(mac -> !mac.isEmpty())
                .toList(),
            labels(element)));
  }

  private static Map<String, String> labels(Element element) {
    var labels = new TreeMap<String, String>();
    for (Element child : DomainXml.children(element, null)) {
      if (NAMESPACE.equals(child.getNamespaceURI()) && "label".equals(child.getLocalName())) {
        labels.put(child.getAttribute("name"), child.getAttribute("value"));
      }
    }
    return labels;
  }

  private static @Nullable String given(Element element, String name) {
    String value = element.getAttribute(name);
    return value.isEmpty() ? null : value;
  }

  private static Optional<UUID> id(String text) {
    return text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
        ? Optional.of(UUID.fromString(text))
        : Optional.empty();
  }

  private static Optional<Disk> disk(String word) {
    return Arrays.stream(Disk.values()).filter(disk -> word(disk).equals(word)).findFirst();
  }

  private static String word(Disk disk) {
    return disk.name().toLowerCase(Locale.ROOT);
  }

  /** The same clone, when its disks lie on the version no more. */
  Lineage flattened() {
    return new Lineage(
        id,
        template,
        version,
        digest,
        attempt,
        command,
        batch,
        Disk.FULL,
        hostname,
        instanceId,
        macs,
        labels);
  }

  /** The element, to be put into a definition's {@code <metadata>}. */
  Element element(org.w3c.dom.Document document) {
    Element clone = document.createElementNS(NAMESPACE, "cetak:clone");
    clone.setAttributeNS(XMLNS, "xmlns:cetak", NAMESPACE);
    clone.setAttribute("id", id.toString());
    clone.setAttribute("job", id.toString());
    clone.setAttribute("template", template);
    clone.setAttribute("version", Integer.toString(version));
    set(clone, "digest", digest);
    clone.setAttribute("fence", Integer.toString(attempt));
    set(clone, "command", command);
    set(clone, "batch", batch);
    clone.setAttribute("disk", word(disk));
    clone.setAttribute("hostname", hostname);
    clone.setAttribute("instance-id", instanceId);
    clone.setAttribute("macs", String.join(" ", macs));
    labels.forEach(
        (name, value) -> {
          Element label = document.createElementNS(NAMESPACE, "cetak:label");
          label.setAttribute("name", name);
          label.setAttribute("value", value);
          clone.appendChild(label);
        });
    return clone;
  }

  /** The element as text that stands alone. */
  public String text() {
    DomainXml holder = DomainXml.parse("<metadata/>");
    Element root = holder.root();
    holder.document().replaceChild(element(holder.document()), root);
    return holder.text();
  }

  private static void set(Element element, String name, @Nullable String value) {
    if (value != null) {
      element.setAttribute(name, value);
    }
  }

  /**
   * This, with what only the domain remembers: a version, a job or a batch can be forgotten by the
   * database.
   */
  public Lineage completedBy(Optional<Lineage> said) {
    Optional<Lineage> own = said.filter(other -> other.id.equals(id));
    return new Lineage(
        id,
        template,
        version,
        digest != null ? digest : own.map(Lineage::digest).orElse(null),
        own.map(Lineage::attempt).orElse(attempt),
        command != null ? command : own.map(Lineage::command).orElse(null),
        batch != null ? batch : own.map(Lineage::batch).orElse(null),
        disk,
        hostname,
        instanceId,
        macs,
        labels);
  }
}
