package id.cetak.hypervisor.libvirt;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;

/**
 * The shapes of definitions that one libvirtd's schema has accepted. libvirt compiles its schema
 * anew for each check, which takes five times as long as the definition itself; and what the check
 * is for, an element or attribute that libvirt would drop in silence, is in the shape. A template's
 * clones share one.
 */
final class Shapes {
  /** The templates of a host that are cast from at one time are fewer; each takes some KiB. */
  private static final int KEPT = 64;

  private final Set<String> accepted =
      Collections.synchronizedSet(
          Collections.newSetFromMap(
              new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > KEPT;
                }
              }));

  boolean accepts(String shape) {
    return accepted.contains(shape);
  }

  void add(String shape) {
    accepted.add(shape);
  }

  /**
   * All elements and attributes in order, and the values that are keywords, as those choose between
   * the schema's branches. Without the content of metadata, of which the schema allows any.
   */
  static String of(Element root) {
    var shape = new StringBuilder();
    describe(root, shape);
    return shape.toString();
  }

  private static void describe(Element element, StringBuilder shape) {
    shape.append('<').append(element.getNodeName());
    NamedNodeMap attributes = element.getAttributes();
    for (int i = 0; i < attributes.getLength(); i++) {
      String value = attributes.item(i).getNodeValue();
      shape.append(' ').append(attributes.item(i).getNodeName()).append('=');
      shape.append(isKeyword(value) ? value : "?");
    }
    if (!element.getNodeName().equals("metadata")) {
      for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
        if (node instanceof Element child) {
          describe(child, shape);
        }
      }
    }
    shape.append('>');
  }

  /** Short, and of small letters and hyphens: neither a name with a number, a path nor an id. */
  private static boolean isKeyword(String value) {
    return value.length() <= 24 && value.chars().allMatch(c -> c == '-' || (c >= 'a' && c <= 'z'));
  }
}
