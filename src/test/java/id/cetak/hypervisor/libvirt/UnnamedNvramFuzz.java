package id.cetak.hypervisor.libvirt;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import id.cetak.hypervisor.DomainXml;
import id.cetak.lab.Scratch;
import java.nio.file.Path;
import java.util.List;

/** A domain of a stranger whose UEFI variables are looked for by its name. */
public final class UnnamedNvramFuzz {
  private UnnamedNvramFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        Input.of("web", "<domain><os firmware='efi'><type>hvm</type></os></domain>"),
        Input.of("../web", "<domain><os firmware=\"efi\"/></domain>"));
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Input input = new Input(data);
    String name = input.text();
    String xml = input.text();
    Path folder = Scratch.folder("nvram");
    Scratch.file("nvram/web_VARS.fd", new byte[0]);
    Claims.bounded(data.length, 2_000, () -> judge(folder, name, xml));
  }

  private static void judge(Path folder, String name, String xml) {
    String named;
    try {
      named = UnnamedNvram.named(xml, name, folder);
    } catch (IllegalArgumentException e) {
      // As every reader of a definition that is none.
      return;
    }
    if (!named.equals(xml)) {
      hold(
          DomainXml.parse(named)
              .nvram()
              .filter(file -> !file.equals(folder.resolve("web_VARS.fd")))
              .isEmpty(),
          "the domain _ gets _",
          name,
          named);
    }
  }
}
