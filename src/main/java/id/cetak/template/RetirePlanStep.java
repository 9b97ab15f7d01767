package id.cetak.template;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import id.cetak.hypervisor.Barrier;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the version that is to go, and what lies in its folder. */
@ApplicationScoped
class RetirePlanStep implements Step {
  private static final String VERB = "Retirement";
  private static final Set<VersionState> FIT =
      EnumSet.of(VersionState.SEALED, VersionState.RECALLED, VersionState.QUARANTINED);

  private final VersionStore versions;
  private final Barrier barrier;
  private final CetakConfig config;

  RetirePlanStep(VersionStore versions, Barrier barrier, CetakConfig config) {
    this.versions = versions;
    this.barrier = barrier;
    this.config = config;
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public RetirePlan run(Run run) {
    WantedVersion wanted = wanted(run);
    TemplateVersion row =
        versions
            .numbered(wanted.template().value(), wanted.version())
            .orElseThrow(() -> WithdrawalRefusal.unknown(VERB, wanted));
    if (!FIT.contains(row.state)) {
      throw WithdrawalRefusal.of(VERB, row);
    }
    if (!row.host.equals(config.host())) {
      throw new Failure(
          FailureCode.TEMPLATE_UNKNOWN,
          "%s of %s: its images are on host %s. Send the command to that host, or to any."
              .formatted(VERB, row.label(), row.host));
    }
    Path folder = barrier.folder(row.id);
    return new RetirePlan(row.id, row.template, row.version, folder, filesIn(folder));
  }

  static WantedVersion wanted(Run run) {
    Command.Retire command = run.command(Command.Retire.class);
    return new WantedVersion(command.template(), command.version());
  }

  /** Of a version that was quarantined because it is missing, there may be none. */
  private static List<RetirePlan.Sealed> filesIn(Path folder) {
    try (Stream<Path> paths = Files.list(folder)) {
      List<RetirePlan.Sealed> files = new ArrayList<>();
      for (Path path : paths.sorted().toList()) {
        files.add(new RetirePlan.Sealed(String.valueOf(path.getFileName()), Files.size(path)));
      }
      return files;
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new Failure(
          FailureCode.TOOL_FAILED,
          "%s: %s cannot be read: %s. Let the worker's user read it (group libvirt-qemu)."
              .formatted(VERB, folder, e.getMessage()),
          e);
    }
  }

  /** Looking leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
