package id.cetak.hypervisor.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds a guest's memberships: what it got from a server under its own name, so that removing the
 * files alone would leave it half enrolled. Only the guest itself can give it up; each find says
 * how.
 */
final class Enrolments {
  /** By the pattern of the paths, what gives it up. */
  private static final Map<String, String> REMEDIES = remedies();

  /** Shell patterns of absolute guest paths. */
  static final List<String> LOOKED_FOR = List.copyOf(REMEDIES.keySet());

  private final GuestTree guest;

  Enrolments(GuestTree guest) {
    this.guest = guest;
  }

  private static Map<String, String> remedies() {
    var remedies = new LinkedHashMap<String, String>();
    remedies.put(
        "/var/lib/snapd/device/private-keys-v1/*",
        "POST {\"action\":\"forget\",\"no-registration-until-reboot\":true} to snapd's"
            + " /v2/model/serial");
    remedies.put("/var/lib/ubuntu-advantage/private/machine-token.json", "pro detach");
    remedies.put("/etc/zypp/credentials.d/SCCcredentials", "SUSEConnect --cleanup");
    remedies.put("/etc/puppetlabs/puppet/ssl/private_keys/*.pem", "puppet ssl clean --localca");
    remedies.put("/var/lib/puppet/ssl/private_keys/*.pem", "remove the agent's certificate");
    remedies.put("/etc/chef/client.pem", "remove the client's key");
    remedies.put("/var/lib/kubelet/pki/*", "kubeadm reset");
    remedies.put("/etc/krb5.keytab", "leave the domain: realm leave");
    remedies.put("/var/lib/samba/private/secrets.tdb", "leave the domain: net ads leave");
    return remedies;
  }

  /** Each find with its remedy. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    REMEDIES.forEach(
        (pattern, remedy) ->
            guest.globbed(pattern).forEach(path -> faults.add(path + " (" + remedy + ")")));
    return faults;
  }
}
