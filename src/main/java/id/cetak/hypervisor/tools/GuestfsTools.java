package id.cetak.hypervisor.tools;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.GuestTools;
import id.cetak.hypervisor.StopSignal;
import id.cetak.hypervisor.SysprepOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The inside of guests that are off, by virt-sysprep and guestfish. Each run boots a libguestfs
 * appliance, which takes seconds with KVM and most of a minute without.
 */
@ApplicationScoped
class GuestfsTools implements GuestTools {
  private static final Logger LOG = Logger.getLogger(GuestfsTools.class);
  private static final long LEAST_FREE_BYTES = 1 << 20;
  private static final String FIRST_BOOT = "first-boot";
  private static final String SAY_IDENTITY = "say-identity";
  private static final String UNIT = "cetak-first-boot.service";
  private static final String OPENRC = "cetak-first-boot.openrc";

  private final CetakConfig.Tools tools;
  private final ProcessRunner runner;
  private final Appliances appliances;

  GuestfsTools(CetakConfig config, ProcessRunner runner, Appliances appliances) {
    this.tools = config.tools();
    this.runner = runner;
    this.appliances = appliances;
  }

  @Override
  public void sysprep(List<GuestDisk> disks, SysprepOptions options, StopSignal stop) {
    String what = "Sysprep of " + names(disks);
    appliances.use(
        what,
        stop,
        place -> {
          ToolCall call = sysprepCall(what, disks);
          call =
              call.args("--operations")
                  .args(options.keepSshAuthorizedKeys() ? "defaults,-ssh-userdir" : "defaults")
                  // Does nothing where there is no SELinux.
                  .args("--hostname", "localhost", "--selinux-relabel");
          for (String path : IdentityPaths.REMOVED) {
            call = call.args("--delete", path);
          }
          for (String path : options.removePaths()) {
            call = call.args("--delete", guestPath(what, path));
          }
          return run(place.prepare(installFirstBoot(call, place.folder())), stop);
        });
  }

  @Override
  public void clearMachineId(List<GuestDisk> disks, StopSignal stop) {
    String what = "Removal of the machine-id of " + names(disks);
    appliances.use(
        what,
        stop,
        place -> {
          Path service = Path.of(resource(OPENRC, place.folder()));
          Path script = new SecondPass(place.folder(), service).write();
          ToolCall call = guestfish(what, "--rw", script, disks);
          for (GuestDisk disk : disks) {
            call = call.writing(disk.image());
          }
          call = place.prepare(call).with(SecondPass.FOLDER, place.folder().toString());
          return run(call, stop);
        });
  }

  @Override
  public List<Check> attest(List<GuestDisk> disks, StopSignal stop) {
    return Attestation.of(read(disks, stop));
  }

  @Override
  public List<Check> attestNeverBooted(List<GuestDisk> disks, StopSignal stop) {
    return Attestation.ofNeverBooted(read(disks, stop));
  }

  private GuestTree read(List<GuestDisk> disks, StopSignal stop) {
    String what = "Attestation of " + names(disks);
    return appliances.use(
        what,
        stop,
        place -> {
          Path script = place.folder().resolve("attest.fish");
          Files.writeString(script, GuestReader.script());
          Path outputs = Files.createDirectory(place.folder().resolve("guest"));
          ToolCall call = guestfish(what, "--ro", script, disks);
          ToolCall prepared = place.prepare(call).with(GuestReader.FOLDER, outputs.toString());
          ToolResult result = runner.run(prepared, withRoom(what, outputs, stop));
          if (!result.succeeded()) {
            boolean empty = result.says("no operating system was found");
            throw ToolFailure.of(
                prepared, result, empty ? FailureCode.ATTESTATION_FAILED : FailureCode.TOOL_FAILED);
          }
          return new GuestReader(outputs).tree();
        });
  }

  private ToolCall sysprepCall(String what, List<GuestDisk> disks) {
    ToolCall call = ToolCall.of(what, tools.timeout(), tools.virtSysprep()).args("--no-network");
    for (GuestDisk disk : disks) {
      call = call.args("--format", disk.format(), "--add", existing(what, disk));
      call = call.writing(disk.image());
    }
    return call;
  }

  private ToolCall guestfish(String what, String access, Path script, List<GuestDisk> disks) {
    ToolCall call =
        ToolCall.of(what, tools.timeout(), tools.guestfish())
            .args(access, "--no-progress-bars", "--inspector", "--file", script.toString());
    for (GuestDisk disk : disks) {
      call = call.args("--format=" + disk.format(), "--add", existing(what, disk));
    }
    return call;
  }

  /**
   * For systemd and for SysV's and BusyBox's way of starting, whichever the guest has; OpenRC's
   * comes in the second pass.
   */
  private static ToolCall installFirstBoot(ToolCall call, Path folder) throws IOException {
    String units = "/etc/systemd/system/";
    return call.args("--mkdir", "/usr/lib/cetak")
        .args("--mkdir", units + "multi-user.target.wants", "--mkdir", "/etc/rcS.d")
        .args("--upload", resource(FIRST_BOOT, folder) + ":/usr/lib/cetak/first-boot")
        .args("--chmod", "0755:/usr/lib/cetak/first-boot")
        .args("--upload", resource(SAY_IDENTITY, folder) + ":/usr/lib/cetak/say-identity")
        .args("--chmod", "0755:/usr/lib/cetak/say-identity")
        .args("--upload", resource(UNIT, folder) + ":" + units + UNIT)
        .args("--chmod", "0644:" + units + UNIT)
        .args("--link", "../" + UNIT + ":" + units + "multi-user.target.wants/" + UNIT)
        .args("--link", "../../usr/lib/cetak/first-boot:/etc/rcS.d/S20cetak-first-boot");
  }

  private ToolResult run(ToolCall call, StopSignal stop) {
    StopSignal signal = withRoom(call.what(), call.writes().get(0), stop);
    ToolResult result = runner.run(call, signal, line -> LOG.debugf("%s: %s", call.what(), line));
    if (result.succeeded()) {
      return result;
    }
    // The appliance failed, not the guest: another try may find the host in a better state.
    boolean appliance = result.says("guestfs_launch failed") || result.exitCode() > 128;
    throw ToolFailure.of(
        call, result, appliance ? FailureCode.TOOL_FAILED : FailureCode.SYSPREP_FAILED);
  }

  /** QEMU stops a guest that finds the disk full, and the appliance would wait for ever. */
  private static StopSignal withRoom(String what, Path file, StopSignal stop) {
    return () -> {
      stop.check();
      if (FileSystemRoom.of(file).bytes() < LEAST_FREE_BYTES) {
        throw ToolFailure.noSpace(what, file);
      }
    };
  }

  private static String resource(String name, Path folder) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = GuestfsTools.class.getResourceAsStream("/guest/" + name)) {
      if (in == null) {
        throw new IOException("the resource guest/" + name + " is missing from the program");
      }
      Files.copy(in, file);
    }
    if (file.toString().contains(":")) {
      throw new IOException("virt-sysprep takes no path with a colon, such as " + file);
    }
    return file.toString();
  }

  private static String existing(String what, GuestDisk disk) {
    if (!disk.image().isAbsolute() || !Files.isRegularFile(disk.image())) {
      throw new Failure(FailureCode.TOOL_FAILED, what + ": " + disk.image() + " is no image file.");
    }
    return disk.image().toString();
  }

  private static String guestPath(String what, String path) {
    if (!path.startsWith("/") || path.strip().length() < 2) {
      throw new Failure(
          FailureCode.INVALID, what + ": removePaths holds '" + path + "', which is no path.");
    }
    return path;
  }

  private static String names(List<GuestDisk> disks) {
    return disks.stream().map(disk -> disk.image().toString()).collect(Collectors.joining(", "));
  }
}
