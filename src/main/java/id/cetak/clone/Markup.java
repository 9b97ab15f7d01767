package id.cetak.clone;

import id.cetak.hypervisor.DomainXml;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Small changes to a definition's tree. Text given here becomes a text node or an attribute. */
final class Markup {
  private Markup() {}

  /** Takes an element out, with the white space before it. */
  static void remove(Element element) {
    Node parent = element.getParentNode();
    Node before = element.getPreviousSibling();
    if (before != null
        && before.getNodeType() == Node.TEXT_NODE
        && before.getTextContent().isBlank()) {
      parent.removeChild(before);
    }
    parent.removeChild(element);
  }

  static void removeChildren(Element parent, String... names) {
    for (String name : names) {
      DomainXml.children(parent, name).forEach(Markup::remove);
    }
  }

  static void removeChildren(Element parent, String name, Predicate<Element> unwanted) {
    DomainXml.children(parent, name).stream().filter(unwanted).toList().forEach(Markup::remove);
  }

  static void removeAttributes(Element element, String... names) {
    for (String name : names) {
      element.removeAttribute(name);
    }
  }

  /** The first child of this name, made at the parent's end when there is none. */
  static Element childOf(Element parent, String name) {
    return DomainXml.child(parent, name).orElseGet(() -> append(parent, name));
  }

  static Element append(Element parent, String name) {
    return insert(parent, name, null);
  }

  /** A new child before another one, or at the end. */
  static Element insert(Element parent, String name, @Nullable Node before) {
    Element child = parent.getOwnerDocument().createElement(name);
    parent.insertBefore(child, before);
    return child;
  }

  /** Replaces whatever the child of this name held. */
  static Element setText(Element parent, String name, String text) {
    Element child = childOf(parent, name);
    child.setTextContent(text);
    return child;
  }
}
