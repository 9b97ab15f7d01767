package id.cetak.hypervisor.tools;

import id.cetak.app.CetakConfig;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.GuestDisk;
import id.cetak.hypervisor.GuestIdentities;
import id.cetak.hypervisor.GuestReading;
import id.cetak.hypervisor.StopSignal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Identities from disks, by guestfish. Starting an appliance is what costs most, so it is shared:
 *
 * <ol>
 *   <li>A disk to which nothing was written has the content of the image that it lies on. Guests of
 *       the same content are read once.
 *   <li>Guests are read in groups, one appliance for each group. A group whose appliance fails or
 *       takes too long is halved until the guest that it fails on is alone.
 *   <li>A guest on volume groups, arrays or btrfs is read alone: such know themselves by ids that
 *       copies share, and two copies in one appliance would be taken for each other.
 * </ol>
 *
 * Disks are opened read-only below overlays that go with the run, so also while a guest writes to
 * them; what is then read can be a moment old, or torn.
 */
@ApplicationScoped
class IdentityReader implements GuestIdentities {
  /** More need more memory than an appliance has. */
  private static final int DISKS_AT_ONCE = 40;

  private static final Duration START = Duration.ofMinutes(4);
  private static final Duration EACH = Duration.ofSeconds(20);

  private final CetakConfig.Tools tools;
  private final ProcessRunner runner;
  private final Appliances appliances;
  private final QemuImg qemuImg;

  IdentityReader(CetakConfig config, ProcessRunner runner, Appliances appliances) {
    this.tools = config.tools();
    this.runner = runner;
    this.appliances = appliances;
    this.qemuImg = new QemuImg(tools.qemuImg(), tools.timeout(), runner);
  }

  @Override
  public List<GuestReading> read(List<List<GuestDisk>> guests, StopSignal stop) {
    List<List<DiskChain>> chains =
        guests.stream().map(disks -> disks.stream().map(DiskChain::of).toList()).toList();
    var contents = new LinkedHashMap<List<GuestDisk>, IdentityOutputs.Found>();
    for (List<DiskChain> chain : chains) {
      if (fault(chain).isEmpty()) {
        contents.put(content(chain), IdentityOutputs.Found.NOT_YET);
      }
    }
    for (List<List<GuestDisk>> group : groups(contents.keySet())) {
      readGroup(group, contents, stop);
    }
    return chains.stream().map(chain -> reading(chain, contents)).toList();
  }

  @Override
  public Optional<Seed> seed(Path image) {
    return NoCloudSeed.read(image);
  }

  @Override
  public boolean sameContent(GuestDisk one, GuestDisk other, StopSignal stop) {
    return qemuImg.sameContent(one, other, stop);
  }

  private static GuestReading reading(
      List<DiskChain> chain, Map<List<GuestDisk>, IdentityOutputs.Found> contents) {
    List<String> bases = chain.stream().flatMap(disk -> disk.bases().stream()).distinct().toList();
    boolean untouched =
        !bases.isEmpty()
            && chain.stream()
                .allMatch(disk -> disk.bases().contains(disk.content().image().toString()));
    Optional<String> fault = fault(chain);
    if (fault.isPresent()) {
      return new GuestReading(null, fault.get(), bases, untouched);
    }
    IdentityOutputs.Found found =
        contents.getOrDefault(content(chain), IdentityOutputs.Found.NOT_YET);
    return new GuestReading(found.identity(), found.unread(), bases, untouched);
  }

  private static Optional<String> fault(List<DiskChain> chain) {
    if (chain.isEmpty()) {
      return Optional.of("It has no disk of its own in a file.");
    }
    for (DiskChain disk : chain) {
      if (disk.fault() != null) {
        return Optional.of("Its disk %s.".formatted(disk.fault()));
      }
    }
    return Optional.empty();
  }

  private static List<GuestDisk> content(List<DiskChain> chain) {
    return chain.stream().map(DiskChain::content).toList();
  }

  private static List<List<List<GuestDisk>>> groups(Iterable<List<GuestDisk>> guests) {
    List<List<List<GuestDisk>>> groups = new ArrayList<>();
    int room = 0;
    for (List<GuestDisk> guest : guests) {
      if (guest.size() > room) {
        groups.add(new ArrayList<>());
        room = DISKS_AT_ONCE;
      }
      groups.get(groups.size() - 1).add(guest);
      room -= guest.size();
    }
    return groups;
  }

  private void readGroup(
      List<List<GuestDisk>> group,
      Map<List<GuestDisk>, IdentityOutputs.Found> contents,
      StopSignal stop) {
    List<IdentityOutputs.Found> found;
    try {
      found = run(group, false, stop);
    } catch (Failure failure) {
      stop.check();
      if (failure.code() != FailureCode.TOOL_FAILED || Thread.currentThread().isInterrupted()) {
        throw failure;
      }
      if (group.size() == 1) {
        contents.put(group.get(0), IdentityOutputs.Found.unread(failure.reason()));
        return;
      }
      int half = group.size() / 2;
      readGroup(group.subList(0, half), contents, stop);
      readGroup(group.subList(half, group.size()), contents, stop);
      return;
    }
    for (int n = 0; n < group.size(); n++) {
      contents.put(
          group.get(n), found.get(n).wantsToBeAlone() ? alone(group.get(n), stop) : found.get(n));
    }
  }

  private IdentityOutputs.Found alone(List<GuestDisk> guest, StopSignal stop) {
    try {
      return run(List.of(guest), true, stop).get(0);
    } catch (Failure failure) {
      stop.check();
      if (failure.code() != FailureCode.TOOL_FAILED || Thread.currentThread().isInterrupted()) {
        throw failure;
      }
      return IdentityOutputs.Found.unread(failure.reason());
    }
  }

  private List<IdentityOutputs.Found> run(
      List<List<GuestDisk>> group, boolean alone, StopSignal stop) {
    List<GuestDisk> disks = group.stream().flatMap(List::stream).toList();
    String what = "Look at the identities on " + names(disks);
    return appliances.use(
        what,
        stop,
        place -> {
          Path script = place.folder().resolve("identities.fish");
          Files.writeString(
              script, alone ? IdentityScript.forOne() : IdentityScript.forMany(disks.size()));
          Files.writeString(place.folder().resolve("generator"), IdentityScript.generator());
          Path outputs = Files.createDirectory(place.folder().resolve("guest"));
          ToolCall call =
              ToolCall.of(what, patience(disks.size()), tools.guestfish())
                  .args("--ro", "--no-progress-bars", "--file", script.toString());
          for (GuestDisk disk : disks) {
            call = call.args("--format=" + disk.format(), "--add", disk.image().toString());
          }
          ToolCall prepared = place.prepare(call).with(GuestReader.FOLDER, outputs.toString());
          runner.succeed(prepared, FailureCode.TOOL_FAILED, stop);
          return found(new IdentityOutputs(outputs, alone), group);
        });
  }

  private static List<IdentityOutputs.Found> found(
      IdentityOutputs outputs, List<List<GuestDisk>> group) throws IOException {
    List<IdentityOutputs.Found> found = new ArrayList<>();
    int first = 0;
    for (List<GuestDisk> guest : group) {
      var devices = new LinkedHashSet<String>();
      for (int n = 0; n < guest.size(); n++) {
        devices.add(IdentityScript.device(first + n));
      }
      found.add(outputs.of(devices));
      first += guest.size();
    }
    return found;
  }

  private Duration patience(int disks) {
    Duration wanted = START.plus(EACH.multipliedBy(disks));
    return wanted.compareTo(tools.timeout()) < 0 ? wanted : tools.timeout();
  }

  private static String names(List<GuestDisk> disks) {
    String first = disks.get(0).image().toString();
    return disks.size() == 1 ? first : first + " and " + (disks.size() - 1) + " more";
  }
}
