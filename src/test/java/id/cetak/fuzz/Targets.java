package id.cetak.fuzz;

import id.cetak.clone.CloneXmlFuzz;
import id.cetak.clone.LineageFuzz;
import id.cetak.command.CommandReaderFuzz;
import id.cetak.command.NamesFuzz;
import id.cetak.hypervisor.DomainXmlFuzz;
import id.cetak.hypervisor.libvirt.AgentQuestionsFuzz;
import id.cetak.hypervisor.libvirt.UnnamedNvramFuzz;
import id.cetak.hypervisor.tools.AttestationFuzz;
import id.cetak.hypervisor.tools.ConsoleFilesFuzz;
import id.cetak.hypervisor.tools.GuestReaderFuzz;
import id.cetak.hypervisor.tools.HostKeyFilesFuzz;
import id.cetak.hypervisor.tools.IdentityFilesFuzz;
import id.cetak.hypervisor.tools.NoCloudSeedFuzz;
import id.cetak.hypervisor.tools.Qcow2HeaderFuzz;
import id.cetak.hypervisor.tools.SealedFilesFuzz;
import id.cetak.hypervisor.tools.SeedImageFuzz;
import id.cetak.messaging.DeliveriesFuzz;
import id.cetak.ops.ReadOnlyFuzz;
import id.cetak.template.SealPreconditionsFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Everything that takes a stranger's bytes. */
public final class Targets {
  static final List<Target> ALL =
      List.of(
          new Target(
              CommandReaderFuzz.class,
              CommandReaderFuzz::seeds,
              CommandReaderFuzz::fuzzerTestOneInput),
          new Target(NamesFuzz.class, NamesFuzz::seeds, NamesFuzz::fuzzerTestOneInput),
          new Target(SeedImageFuzz.class, SeedImageFuzz::seeds, SeedImageFuzz::fuzzerTestOneInput),
          new Target(
              NoCloudSeedFuzz.class, NoCloudSeedFuzz::seeds, NoCloudSeedFuzz::fuzzerTestOneInput),
          new Target(
              Qcow2HeaderFuzz.class, Qcow2HeaderFuzz::seeds, Qcow2HeaderFuzz::fuzzerTestOneInput),
          new Target(
              IdentityFilesFuzz.class,
              IdentityFilesFuzz::seeds,
              IdentityFilesFuzz::fuzzerTestOneInput),
          new Target(
              GuestReaderFuzz.class, GuestReaderFuzz::seeds, GuestReaderFuzz::fuzzerTestOneInput),
          new Target(
              AttestationFuzz.class, AttestationFuzz::seeds, AttestationFuzz::fuzzerTestOneInput),
          new Target(
              HostKeyFilesFuzz.class,
              HostKeyFilesFuzz::seeds,
              HostKeyFilesFuzz::fuzzerTestOneInput),
          new Target(
              ConsoleFilesFuzz.class,
              ConsoleFilesFuzz::seeds,
              ConsoleFilesFuzz::fuzzerTestOneInput),
          new Target(
              AgentQuestionsFuzz.class,
              AgentQuestionsFuzz::seeds,
              AgentQuestionsFuzz::fuzzerTestOneInput),
          new Target(DomainXmlFuzz.class, DomainXmlFuzz::seeds, DomainXmlFuzz::fuzzerTestOneInput),
          new Target(LineageFuzz.class, LineageFuzz::seeds, LineageFuzz::fuzzerTestOneInput),
          new Target(CloneXmlFuzz.class, CloneXmlFuzz::seeds, CloneXmlFuzz::fuzzerTestOneInput),
          new Target(
              UnnamedNvramFuzz.class,
              UnnamedNvramFuzz::seeds,
              UnnamedNvramFuzz::fuzzerTestOneInput),
          new Target(
              SealedFilesFuzz.class, SealedFilesFuzz::seeds, SealedFilesFuzz::fuzzerTestOneInput),
          new Target(
              SealPreconditionsFuzz.class,
              SealPreconditionsFuzz::seeds,
              SealPreconditionsFuzz::fuzzerTestOneInput),
          new Target(
              DeliveriesFuzz.class, DeliveriesFuzz::seeds, DeliveriesFuzz::fuzzerTestOneInput),
          new Target(ReadOnlyFuzz.class, ReadOnlyFuzz::seeds, ReadOnlyFuzz::fuzzerTestOneInput));

  private Targets() {}

  /** Writes each target's seeds into {@code FOLDER/CLASS}, for a fuzzer to begin from. */
  public static void main(String[] arguments) throws IOException {
    for (Target target : ALL) {
      Path folder = Files.createDirectories(Path.of(arguments[0]).resolve(target.type().getName()));
      List<byte[]> seeds = target.seeds().get();
      for (int n = 0; n < seeds.size(); n++) {
        Files.write(folder.resolve("seed-" + n), seeds.get(n));
      }
    }
  }
}
