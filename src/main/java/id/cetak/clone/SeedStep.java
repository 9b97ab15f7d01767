package id.cetak.clone;

import id.cetak.command.Command;
import id.cetak.command.Command.CloudInit;
import id.cetak.command.Placeholders;
import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Images;
import id.cetak.identity.HostKey;
import id.cetak.identity.SeedFiles;
import id.cetak.identity.VendorConfig;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the image that tells the guest who it is. A guest without cloud-init gets one too: its
 * first-boot unit reads the host name there.
 *
 * <p>It is the last of the clone's files: when it returns, all of them outlive a power cut. Each
 * was synced before it got its name, and their folder is settled here, once for all.
 */
class SeedStep implements Step {
  private final Images images;

  SeedStep(Images images) {
    this.images = images;
  }

  static final String NAME = "seed";

  /**
   * What a clone's seed was read back to hold.
   *
   * @param hostKeys the public halves of the SSH host keys that it brings into the guest
   */
  record Seed(List<HostKey> hostKeys) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean cheap() {
    return true;
  }

  /**
   * The caller's files are taken from the command, so that secrets stand in one place only.
   *
   * <p>Host keys are told as the seed has them: a seed that is there already, made by a worker that
   * died before its journal entry, is the one that the guest gets, and stays.
   */
  @Override
  public Seed run(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    Command.Clone command = run.command(Command.Clone.class);
    CloudInit given = filled(command);
    run.check();
    images.seed(
        plan.files().seed(),
        SeedFiles.of(
            plan.identity(), given, VendorConfig.of(command.mintHostKeys(), command.verify())),
        run);
    if (command.verify()) {
      Consoles.logs(DomainXml.parse(plan.domainXml()), plan.files()).forEach(images::console);
    }
    images.settle(plan.files().folder());
    return new Seed(command.mintHostKeys() ? hostKeys(plan) : List.of());
  }

  private List<HostKey> hostKeys(ClonePlan plan) {
    List<HostKey> keys =
        images
            .seedFile(plan.files().seed(), VendorConfig.FILE)
            .map(VendorConfig::hostKeys)
            .orElse(List.of());
    if (keys.isEmpty()) {
      throw new IllegalStateException("Seed " + plan.files().seed() + " holds no host key");
    }
    return keys;
  }

  /** A clone of a batch has the places filled that the batch's files leave open. */
  private static CloudInit filled(Command.Clone command) {
    Command.Seat seat = command.seat();
    if (seat == null) {
      return command.cloudInit();
    }
    var values = new HashMap<String, String>();
    values.put("name", command.name().value());
    values.put("index", Integer.toString(seat.index()));
    if (seat.ip() != null) {
      values.put("ip", seat.ip());
    }
    return new CloudInit(
        filled(command.cloudInit().userData(), values),
        filled(command.cloudInit().networkConfig(), values));
  }

  private static @Nullable String filled(@Nullable String text, Map<String, String> values) {
    return text == null ? null : Placeholders.fill(text, values);
  }

  /** Nothing of its own: the file lies in the folder that {@link DisksStep} removes after this. */
  @Override
  public void undo(Run run) {}
}
