package id.cetak.proof;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureKind;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes a guest that is not who it should be off the network, now and for its next starts. */
@ApplicationScoped
class IsolateStep implements Step {
  private final Hypervisor hypervisor;

  IsolateStep(Hypervisor hypervisor) {
    this.hypervisor = hypervisor;
  }

  @Override
  public String name() {
    return "isolate";
  }

  @Override
  public @Nullable Object run(Run run) {
    List<String> links = links(run);
    if (!links.isEmpty()) {
      run.check();
      disconnect(run, links);
    }
    return null;
  }

  /** Should that be impossible, the failure at least tells what was found. */
  private void disconnect(Run run, List<String> links) {
    try {
      hypervisor.setLinks(id(run), links, false);
    } catch (Failure failure) {
      if (failure.code().kind() != FailureKind.REJECTED) {
        throw failure;
      }
      throw new Failure(
          failure.code(),
          "Clone %s: its guest is not who it should be: %s. It is still on the network: %s"
              .formatted(
                  run.plan(VerifyPlan.class).known().name(),
                  judgement(run).map(Judgement::words).orElse(""),
                  failure.reason()),
          failure);
    }
  }

  /** Connects again what this job had disconnected, and nothing that was so before. */
  @Override
  public void undo(Run run) {
    List<String> links = links(run);
    if (!links.isEmpty() && hypervisor.exists(id(run))) {
      run.check();
      hypervisor.setLinks(id(run), links, true);
    }
  }

  private static List<String> links(Run run) {
    return judgement(run).map(Judgement::links).orElse(List.of());
  }

  private static Optional<Judgement> judgement(Run run) {
    return run.result(JudgeStep.NAME, Judgement.class);
  }

  private static UUID id(Run run) {
    return run.plan(VerifyPlan.class).known().id();
  }
}
