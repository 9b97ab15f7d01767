package id.cetak.hypervisor;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** A definition that a stranger wrote. */
public final class DomainXmlFuzz {
  private DomainXmlFuzz() {}

  public static List<byte[]> seeds() {
    return Stream.concat(
            Stream.of("bios", "efi", "everything").map(DomainXmlFuzz::template),
            Stream.of(
                Input.of(
                    "<domain type='kvm'><name>a&amp;b</name><os><nvram>/n</nvram></os></domain>"),
                Input.of("<!DOCTYPE d [<!ENTITY x SYSTEM '/etc/passwd'>]><domain>&x;</domain>")))
        .toList();
  }

  /** A definition that libvirt wrote. */
  public static byte[] template(String name) {
    String resource = "/clone/" + name + ".template.xml";
    try (InputStream in = DomainXmlFuzz.class.getResourceAsStream(resource)) {
      return Objects.requireNonNull(in, resource).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The definition; empty when it is refused as it should be. */
  public static Optional<DomainXml> parsed(byte[] data) {
    try {
      return Optional.of(DomainXml.parse(new String(data, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Claims.bounded(data.length, 2_000, () -> parsed(data).ifPresent(DomainXmlFuzz::judge));
  }

  private static void judge(DomainXml xml) {
    hold(xml.document().getDoctype() == null, "a document type was read");
    DomainXml again = DomainXml.parse(xml.text());
    hold(xml.root().isEqualNode(again.root()), "written as _", xml.text());
    hold(xml.type().equals(again.type()), "the type _", xml.type());
    hold(xml.disks().equals(again.disks()), "the disks _", xml.disks());
    hold(xml.macs().equals(again.macs()), "the addresses _", xml.macs());
    hold(xml.nvram().equals(again.nvram()), "the variables _", xml.nvram());
  }
}
