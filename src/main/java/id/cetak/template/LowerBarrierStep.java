package id.cetak.template;

import id.cetak.hypervisor.Barrier;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import org.jspecify.annotations.Nullable;

/** Takes a retired version's barrier down, so that its files can be removed. */
final class LowerBarrierStep implements Step {
  private final Barrier barrier;

  LowerBarrierStep(Barrier barrier) {
    this.barrier = barrier;
  }

  @Override
  public String name() {
    return "barrier";
  }

  @Override
  public boolean reversible() {
    return false;
  }

  @Override
  public @Nullable Object run(Run run) {
    run.check();
    barrier.unseal(run.plan(RetirePlan.class).id());
    return null;
  }

  /** Not put up again; the workflow never asks for it. */
  @Override
  public void undo(Run run) {
    throw new IllegalStateException("A version without its barrier is not trusted again");
  }
}
