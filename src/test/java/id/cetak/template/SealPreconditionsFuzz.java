package id.cetak.template;

import static id.cetak.fuzz.Claims.hold;

import id.cetak.command.Command;
import id.cetak.command.CommandId;
import id.cetak.command.Name;
import id.cetak.failure.FailureCode;
import id.cetak.fuzz.Claims;
import id.cetak.fuzz.Input;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.DomainXmlFuzz;
import id.cetak.hypervisor.FakeBarrier;
import id.cetak.hypervisor.FakeHypervisor;
import id.cetak.hypervisor.FakeImages;
import id.cetak.hypervisor.PowerState;
import id.cetak.hypervisor.StopSignal;
import id.cetak.lab.Scratch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Two domains that strangers defined: one is to be sealed, the other stands beside it. */
public final class SealPreconditionsFuzz {
  private static final UUID ONE = UUID.fromString("0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a02");
  private static final UUID OTHER = UUID.fromString("0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a03");
  private static final Path DISK = Scratch.file("source.qcow2", new byte[1]);
  private static final Command.Sysprep COMMAND =
      new Command.Sysprep(
          new CommandId("s"),
          "golden",
          new Name("debian"),
          Command.Source.CONSUME,
          false,
          false,
          List.of());

  private SealPreconditionsFuzz() {}

  public static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (String template : List.of("bios", "efi", "everything")) {
      byte[] xml = DomainXmlFuzz.template(template);
      seeds.add(Input.of("web".getBytes(StandardCharsets.UTF_8), xml, xml));
      seeds.add(Input.of("web".getBytes(StandardCharsets.UTF_8), withDisk(xml), xml));
    }
    return seeds;
  }

  private static byte[] withDisk(byte[] xml) {
    return new String(xml, StandardCharsets.UTF_8)
        .replaceFirst("<source file='[^']*'", "<source file='" + DISK + "'")
        .getBytes(StandardCharsets.UTF_8);
  }

  public static void fuzzerTestOneInput(byte[] data) throws Exception {
    Input input = new Input(data);
    String name = input.text();
    byte[] xml = input.field();
    byte[] beside = input.rest();
    if (DomainXmlFuzz.parsed(xml).isPresent() && DomainXmlFuzz.parsed(beside).isPresent()) {
      Claims.bounded(data.length, 20_000, () -> judge(name, text(xml), text(beside)));
    }
  }

  private static void judge(String name, String xml, String beside) {
    FakeHypervisor hypervisor = new FakeHypervisor();
    Domain domain = new Domain("golden", ONE, PowerState.OFF, xml, true);
    hypervisor.put(domain);
    hypervisor.put(new Domain(name, OTHER, PowerState.OFF, beside, true));
    var preconditions =
        new SealPreconditions(
            hypervisor, new FakeBarrier(Scratch.folder("sealed-images")), new FakeImages());
    List<SealFault> faults =
        preconditions.faults(domain, DomainXml.parse(xml), COMMAND, StopSignal.NEVER);
    for (SealFault fault : faults) {
      hold(fault.code() == FailureCode.DOMAIN_UNFIT, "refused as _", fault.code());
      Claims.printable(fault.refusal(COMMAND).reason());
    }
    if (!faults.isEmpty()) {
      Claims.printable(SealFault.refusal(COMMAND, faults).reason());
    } else {
      hold(xml.contains(DISK.toString()), "may be sealed without a disk that is there: _", xml);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
