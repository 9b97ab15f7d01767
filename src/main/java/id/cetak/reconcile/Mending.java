package id.cetak.reconcile;

import id.cetak.command.ReconcileHost;
import id.cetak.failure.Failure;
import id.cetak.failure.FailureKind;
import id.cetak.job.LiveJobs;
import id.cetak.workflow.Run;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Goes through the differences of some kinds, one by one, when the command says so. */
@ApplicationScoped
class Mending {
  private final BookReader books;

  Mending(BookReader books) {
    this.books = books;
  }

  /**
   * @param mend looks once more, acts, and looks whether it helped
   */
  Mended each(Run run, Set<DifferenceKind> kinds, UnaryOperator<Difference> mend) {
    List<Difference> mended = new ArrayList<>();
    if (!run.command(ReconcileHost.class).repair()) {
      return new Mended(mended);
    }
    List<Difference> found =
        run.plan(Findings.class).differences().stream()
            .filter(difference -> kinds.contains(difference.kind()))
            .toList();
    LiveJobs.Held held = books.held();
    for (Difference difference : found) {
      run.check();
      boolean inHands = held.names().contains(difference.name()) || books.isHeld(difference.id());
      mended.add(
          inHands
              ? difference.kept(
                  "A job works on it right now. Send the command again when that has ended.")
              : tried(difference, mend));
    }
    return new Mended(mended);
  }

  /** What will never be taken does not keep the others from being mended. */
  private static Difference tried(Difference difference, UnaryOperator<Difference> mend) {
    try {
      return mend.apply(difference);
    } catch (Failure failure) {
      if (failure.code().kind() != FailureKind.REJECTED) {
        throw failure;
      }
      return difference.kept(failure.reason());
    }
  }
}
