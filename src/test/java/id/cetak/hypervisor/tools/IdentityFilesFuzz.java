package id.cetak.hypervisor.tools;

import id.cetak.fuzz.Claims;
import id.cetak.hypervisor.GuestIdentity;
import id.cetak.lab.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The archive in which a hostile guest says who it is. */
public final class IdentityFilesFuzz {
  private IdentityFilesFuzz() {}

  public static List<byte[]> seeds() {
    String id = "0123456789abcdef0123456789abcdef";
    return List.of(
        Archives.of(
            Map.of(
                "./etc/hostname",
                "web-01.example\n",
                "./etc/machine-id",
                id + "\n",
                "./var/lib/cloud/data/instance-id",
                "iid-1\n",
                "./etc/ssh/ssh_host_ed25519_key.pub",
                HostKeyFilesTest.PUBLIC)),
        Archives.of(
            Map.of("./etc/machine-id", "-> /var/lib/dbus/machine-id", "./lib/dbus/machine-id", id)),
        Archives.of(
            Map.of("./etc/" + "x".repeat(120), "long", "./etc/hostname", "-> ../../etc/x")));
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Path archive = Scratch.file("identity.tar", data);
    Claims.bounded(
        data.length,
        400,
        () -> {
          var files = new IdentityFiles();
          try {
            files.add(archive);
          } catch (IOException e) {
            return;
          }
          GuestIdentity identity = files.identity(List.of());
          Stream.of(identity.hostname(), identity.machineId(), identity.instanceId())
              .forEach(word -> Claims.printable(String.valueOf(word)));
          identity.sshHostKeys().forEach(Claims::printable);
        });
  }
}
