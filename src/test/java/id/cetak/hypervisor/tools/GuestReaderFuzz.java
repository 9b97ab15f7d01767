package id.cetak.hypervisor.tools;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import id.cetak.lab.Scratch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What guestfish brought of a hostile guest: lists, and all of its /etc. */
public final class GuestReaderFuzz {
  private static final List<String> LISTS =
      List.of("found", "filesystems", "dbus-link", "dbus-size", "seed-device", "swap-swapfile");

  private GuestReaderFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        input(
            "/usr/bin/cloud-init\n/var/lib/dbus/machine-id\n/root/.ssh/id_rsa\n",
            "/dev/sda1: ext4\n/dev/sda2: swap\n",
            "../../../etc/machine-id\n",
            Map.of(
                "./machine-id", "uninitialized\n",
                "./hostname", "localhost\n",
                "./netplan/50.yaml", "macaddress: 52:54:00:11:22:33\n",
                "./cloud/cloud.cfg", "datasource_list: [ NoCloud ]\n")),
        input("", "", "", Map.of("./systemd/network/a.network", "-> /usr/lib/systemd/x")));
  }

  private static byte[] input(
      String found, String filesystems, String link, Map<String, String> etc) {
    byte[] lists = Input.of(found, filesystems, link, "0", "", "S1SUSPEND", "");
    byte[] archive = Archives.of(etc);
    byte[] all = java.util.Arrays.copyOf(lists, lists.length + archive.length);
    System.arraycopy(archive, 0, all, lists.length, archive.length);
    return all;
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Input input = new Input(data);
    Path folder = Scratch.folder("guest");
    for (String list : LISTS) {
      Scratch.file("guest/" + list, input.field());
    }
    Scratch.file("guest/etc.tar", input.rest());
    GuestReader reader = new GuestReader(folder);
    Claims.bounded(
        data.length,
        4_000,
        () -> {
          try {
            AttestationFuzz.judge(reader.tree());
          } catch (IOException e) {
            Claims.printable(String.valueOf(e.getMessage()));
          }
        });
  }
}
