package id.cetak.failure;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is done with that which a check finds against a command: a plan lets the first complaint end
 * it, a dry run writes all of them down. So both ask the same checks.
 */
@FunctionalInterface
public interface Complaints {
  /** Throws the first one. */
  Complaints DEMAND =
      failure -> {
        throw failure;
      };

  void add(Failure failure);

  /**
   * Several at once.
   *
   * @param together all of them in one sentence, for who wants only one
   */
  default void addAll(Failure together, List<Failure> each) {
    add(together);
  }

  /** What a check that throws gives; empty when it threw, and that was taken down. */
  default <T> Optional<T> tried(Supplier<T> check) {
    try {
      return Optional.of(check.get());
    } catch (Failure failure) {
      add(failure);
      return Optional.empty();
    }
  }
}
