package id.cetak.hypervisor.tools;

import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import id.cetak.hypervisor.DomainXml;
import id.cetak.lab.Scratch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A stranger's definition before the barrier: which sealed file it would open. */
public final class SealedFilesFuzz {
  private SealedFilesFuzz() {}

  public static List<byte[]> seeds() {
    return List.of(
        Input.of(
            "<domain type='kvm'><os><loader>/usr/x.fd</loader><nvram>/n.fd</nvram></os><devices>"
                + "<disk type='file' device='disk'><source file='/a.qcow2'/><target dev='vda'/></disk>"
                + "</devices></domain>"));
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Path folder = Scratch.folder("sealed");
    Claims.bounded(
        data.length,
        2_000,
        () -> {
          Optional<DomainXml> xml = parsed(new String(data, StandardCharsets.UTF_8));
          if (xml.isPresent()) {
            new SealedFiles(folder).ownerOfAny(xml.get());
          }
        });
  }

  private static Optional<DomainXml> parsed(String text) {
    try {
      return Optional.of(DomainXml.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
