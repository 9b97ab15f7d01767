package id.cetak.clone;

import id.cetak.hypervisor.Hypervisor;
import id.cetak.workflow.NotYet;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Starts the clone, when the command says so. */
class StartStep implements Step {
  private final Hypervisor hypervisor;
  private final StartTurns turns;

  StartStep(Hypervisor hypervisor, StartTurns turns) {
    this.hypervisor = hypervisor;
    this.turns = turns;
  }

  @Override
  public String name() {
    return "start";
  }

  @Override
  public boolean cheap() {
    return true;
  }

  @Override
  public @Nullable Object run(Run run) {
    ClonePlan plan = run.plan(ClonePlan.class);
    if (plan.start()) {
      turns
          .take(plan.id())
          .ifPresent(
              wait -> {
                throw new NotYet(
                    "starts:" + plan.identity().name(),
                    "As many guests boot on this host as may at once. The clone is started when it is its turn.",
                    wait);
              });
      try {
        run.check();
        hypervisor.start(plan.id());
      } finally {
        turns.started(plan.id());
      }
    }
    return null;
  }

  @Override
  public void undo(Run run) {
    if (hypervisor.exists(run.jobId())) {
      run.check();
      hypervisor.destroy(run.jobId());
    }
  }
}
