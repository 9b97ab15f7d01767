package id.cetak.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import id.cetak.command.Command.CloudInit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of a cloud-init NoCloud seed. Cetak's own are JSON, which is YAML too, so that no text
 * is ever pasted into YAML; one key a line, because a guest without cloud-init reads them with sed.
 * A file that the caller gives replaces Cetak's as a whole and is never looked into.
 */
public final class SeedFiles {
  private static final ObjectWriter LINES =
      new ObjectMapper()
          .writer(
              new DefaultPrettyPrinter()
                  .withSeparators(
                      Separators.createDefaultInstance()
                          .withObjectFieldValueSpacing(Separators.Spacing.AFTER))
                  .withObjectIndenter(new DefaultIndenter("  ", "\n")));

  private SeedFiles() {}

  /**
   * The text of each file by its name.
   *
   * @param vendorData what Cetak adds beside the caller's files; null for nothing
   */
  public static Map<String, String> of(
      Identity identity, CloudInit given, @Nullable String vendorData) {
    var files = new LinkedHashMap<String, String>();
    files.put("meta-data", metaData(identity));
    String userData = given.userData();
    files.put("user-data", userData == null ? defaultUserData() : userData);
    if (vendorData != null) {
      files.put(VendorConfig.FILE, vendorData);
    }
    String network = given.networkConfig();
    if (network != null) {
      files.put("network-config", network);
    } else if (!identity.macs().isEmpty()) {
      files.put("network-config", dhcpOn(identity.macs().get(0)));
    }
    return files;
  }

  private static String metaData(Identity identity) {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("instance-id", identity.instanceId());
    keys.put("local-hostname", identity.hostname());
    return json(keys);
  }

  /** Takes the host name from the meta-data, and never keeps a key that the template still had. */
  private static String defaultUserData() {
    var keys = new LinkedHashMap<String, Object>();
    keys.put("preserve_hostname", false);
    keys.put("ssh_deletekeys", true);
    return "#cloud-config\n" + json(keys);
  }

  /**
   * Matched by the clone's own address: matched by an interface's name, or by the template's
   * address, the guest would come up without a network or ask for another guest's lease.
   */
  private static String dhcpOn(String mac) {
    var nic = new LinkedHashMap<String, Object>();
    nic.put("match", Map.of("macaddress", mac));
    nic.put("dhcp4", true);
    var keys = new LinkedHashMap<String, Object>();
    keys.put("version", 2);
    keys.put("ethernets", Map.of("nic0", nic));
    return json(keys);
  }

  private static String json(Map<String, Object> keys) {
    try {
      return LINES.writeValueAsString(keys) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a seed file cannot be written as JSON", e);
    }
  }
}
