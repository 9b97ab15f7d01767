package id.cetak.hypervisor.tools;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A guest's files as they were read: a path, then a text, or a link's end behind an arrow. */
public final class AttestationFuzz {
  private static final String LINK = "-> ";

  private AttestationFuzz() {}

  public static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (String make : GuestTrees.MAKES) {
      List<String> fields = new ArrayList<>();
      GuestTrees.of(make)
          .forEach(
              (path, file) -> {
                fields.add(path);
                fields.add(
                    file.linkTarget() != null
                        ? LINK + file.linkTarget()
                        : file.text() == null ? "" : file.text());
              });
      seeds.add(Input.of(fields.toArray(String[]::new)));
    }
    return seeds;
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Input input = new Input(data);
    Map<String, GuestFile> files = new HashMap<>();
    while (!input.isEmpty()) {
      String path = input.text();
      String text = input.text();
      files.put(
          path,
          text.startsWith(LINK)
              ? GuestFile.link(text.substring(LINK.length()))
              : GuestFile.text(text));
    }
    Claims.bounded(data.length, 4_000, () -> judge(new GuestTree(files, Map.of(), List.of(), "")));
  }

  static void judge(GuestTree guest) {
    Attestation.ofNeverBooted(guest)
        .forEach(
            check -> {
              Claims.printable(check.name());
              Claims.printable(check.finding());
              hold(check.finding().length() <= 1_500, "a long finding: _", check.finding());
            });
  }
}
