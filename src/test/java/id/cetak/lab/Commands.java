package id.cetak.lab;

/** Commands as an upstream system would write them. */
public final class Commands {
  private Commands() {}

  public static String sysprep(String id, String domain, String template, String more) {
    return """
    {"command": "sysprep", "id": "%s", "domain": "%s", "template": "%s"%s}\
    """
        .formatted(id, domain, template, more);
  }

  public static String clone(String id, String template, String name, String more) {
    return """
    {"command": "clone", "id": "%s", "template": "%s", "name": "%s"%s}\
    """
        .formatted(id, template, name, more);
  }

  /** As many linked clones, called after the batch. */
  public static String batch(String id, String template, int count) {
    return """
    {"command": "clone-batch", "id": "%1$s", "template": "%2$s", "count": %3$d, "names": "%1$s-%%d"}\
    """
        .formatted(id, template, count);
  }

  public static String imported(String id, String image, String template, String more) {
    return """
    {"command": "import", "id": "%s", "image": "%s", "template": "%s"%s}\
    """
        .formatted(id, image, template, more);
  }

  public static String delete(String id, String what, String which) {
    return """
    {"command": "delete", "id": "%s", "%s": "%s"}\
    """
        .formatted(id, what, which);
  }

  public static String audit(String id) {
    return """
    {"command": "audit", "id": "%s"}\
    """
        .formatted(id);
  }

  public static String drill(String id, String template) {
    return """
    {"command": "drill", "id": "%s", "template": "%s"}\
    """
        .formatted(id, template);
  }

  /** {@code promote}, {@code recall} or {@code retire}. */
  public static String version(String command, String id, String template, int version) {
    return """
    {"command": "%s", "id": "%s", "template": "%s", "version": %d}\
    """
        .formatted(command, id, template, version);
  }

  public static String flatten(String id, String name) {
    return """
    {"command": "flatten", "id": "%s", "name": "%s"}\
    """
        .formatted(id, name);
  }

  public static String verify(String id, String name) {
    return """
    {"command": "verify", "id": "%s", "name": "%s"}\
    """
        .formatted(id, name);
  }

  public static String reconcile(String id, boolean repair) {
    return """
    {"command": "reconcile", "id": "%s", "repair": %b}\
    """
        .formatted(id, repair);
  }

  public static String cancel(String id, String target) {
    return """
    {"command": "cancel", "id": "%s", "target": "%s"}\
    """
        .formatted(id, target);
  }
}
