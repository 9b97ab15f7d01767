package id.cetak.clone;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.DomainXmlFuzz;
import id.cetak.identity.Identity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A domain that says of itself whose clone it is. */
public final class LineageFuzz {
  private static final UUID ID = UUID.fromString("0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01");

  private LineageFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(marked(Map.of("team", "a & b 💥")), marked(Map.of()));
  }

  private static byte[] marked(Map<String, String> labels) {
    var identity = new Identity(ID, "web-07", "web-07", List.of("52:54:00:00:00:01"));
    String mark = CloneXmlTest.lineage(identity, "debian-12", "order-4711", labels).text();
    return ("<domain><metadata>" + mark + "</metadata></domain>").getBytes(StandardCharsets.UTF_8);
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Claims.bounded(
        data.length, 2_000, () -> DomainXmlFuzz.parsed(data).ifPresent(LineageFuzz::judge));
  }

  private static void judge(DomainXml xml) {
    Optional<Lineage> lineage = Lineage.of(xml);
    hold(lineage.isEmpty() || Lineage.marks(xml), "read and not marked");
    lineage.ifPresent(
        said -> {
          hold(Lineage.idOf(xml).equals(Optional.of(said.id())), "another id");
          String whole = "<domain><metadata>" + said.text() + "</metadata></domain>";
          hold(
              Lineage.of(DomainXml.parse(whole)).equals(Optional.of(said)),
              "_ is written as _",
              said,
              said.text());
        });
  }
}
