package id.cetak.clone;

import id.cetak.admission.Admission;
import id.cetak.admission.MemoryPromises;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.CommandId;
import id.cetak.command.Name;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.FakeHypervisor;
import id.cetak.hypervisor.FakeImages;
import id.cetak.identity.MacLedger;
import id.cetak.identity.MemoryReservations;
import id.cetak.template.SealedDisk;
import id.cetak.template.SealedGuest;
import id.cetak.template.SealedVersion;
import id.cetak.workflow.FakeRun;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A host with one sealed version, debian-12@3, and all that a clone of it needs. */
final class CloneBench {
  static final long GIB = 1L << 30;
  static final UUID JOB = UUID.fromString("0f9bd1e4-6f4c-4c57-9a3c-6f8f7f1f0a01");

  final FakeHypervisor hypervisor = new FakeHypervisor();
  final FakeImages images = new FakeImages();
  final MemoryReservations macs = new MemoryReservations();
  final MemoryLedger ledger = new MemoryLedger(macs);

  /** What was told of copies, as copied and total bytes. */
  final List<Long> told = new ArrayList<>();

  final CopyNews news =
      (run, copiedBytes, totalBytes) -> {
        told.add(copiedBytes);
        told.add(totalBytes);
      };
  final MemoryPromises promises = new MemoryPromises();
  final CetakConfig config;
  final CloneWorkflow workflow;
  SealedVersion version;

  CloneBench(Path directory) {
    config = config(directory);
    version = version(directory, CloneXmlTest.template("bios"), null, Map.of("vda", 20 * GIB));
    workflow = new CloneWorkflow(plan(), hypervisor, images, ledger, news, new StartTurns(config));
  }

  FlattenWorkflow flatten(Barrier barrier, CloneEntries entries) {
    return new FlattenWorkflow(
        new FlattenPlanStep(
            entries,
            ledger,
            new FlattenConditions(hypervisor, images, barrier, config),
            new Admission(promises, images, config),
            config),
        hypervisor,
        images,
        barrier,
        ledger,
        (run, copied, total) -> {});
  }

  private PlanStep plan() {
    var macLedger = new MacLedger(macs, new Random(1));
    PlanStep.SealedVersions versions =
        (template, number) -> {
          if (!template.value().equals("debian-12")) {
            throw new Failure(FailureCode.TEMPLATE_UNKNOWN, "Template " + template + ": unknown.");
          }
          return version;
        };
    return new PlanStep(
        versions,
        hypervisor,
        new CloneConditions(hypervisor, images, config),
        new CloneClaims(ledger, macLedger, new Admission(promises, images, config)),
        config);
  }

  SealedVersion version(
      Path directory, String xml, @Nullable Path nvram, Map<String, Long> diskSizes) {
    var disks =
        diskSizes.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByKey().reversed())
            .map(
                disk -> {
                  Path image = directory.resolve("sealed/" + disk.getKey() + ".qcow2");
                  images.put(image, "qcow2", disk.getValue(), GIB);
                  return new SealedDisk(disk.getKey(), image, "qcow2", disk.getValue());
                })
            .toList();
    return new SealedVersion(
        new UUID(5, 5),
        "debian-12",
        3,
        "hv1",
        xml,
        disks,
        nvram,
        "d".repeat(64),
        new SealedGuest(true, 252));
  }

  /** The version as it is, with another guest in it. */
  SealedVersion withGuest(SealedGuest guest) {
    return new SealedVersion(
        version.id(),
        version.template(),
        version.version(),
        version.host(),
        version.domainXml(),
        version.disks(),
        version.nvram(),
        version.digest(),
        guest);
  }

  static FakeRun run(Command.Clone command) {
    return new FakeRun(JOB, command);
  }

  /** A linked clone web-07 of debian-12, nothing else said. */
  static Command.Clone command() {
    return command(form -> form);
  }

  static Command.Clone command(UnaryOperator<Form> change) {
    return change.apply(new Form()).command();
  }

  Path clones() {
    return config.images().directory().resolve("clones");
  }

  List<String> files() {
    if (!Files.exists(clones())) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(clones())) {
      return all.filter(Files::isRegularFile)
          .map(f -> f.getFileName().toString())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CetakConfig config(Path directory) {
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .withMapping(CetakConfig.class)
        .withSources(
            new PropertiesConfigSource(
                Map.of("cetak.host", "hv1", "cetak.images.directory", directory.toString()),
                "test",
                100))
        .build()
        .getConfigMapping(CetakConfig.class);
  }

  /** A command's fields, to be changed one by one. */
  static final class Form {
    String name = "web-07";
    String template = "debian-12";
    Command.Disk disk = Command.Disk.LINKED;
    boolean start;
    String team = "blue";
    boolean mintHostKeys;
    boolean verify;
    @Nullable Integer diskGiB;
    @Nullable String network;
    Command.@Nullable Seat seat;
    Command.CloudInit cloudInit = new Command.CloudInit(null, null);

    private Command.Clone command() {
      return new Command.Clone(
          new CommandId("order-4711"),
          new Name(template),
          new Name(name),
          null,
          disk,
          start,
          null,
          null,
          diskGiB,
          network,
          new Name(name),
          cloudInit,
          null,
          Map.of("team", team),
          mintHostKeys,
          verify,
          seat);
    }
  }
}
