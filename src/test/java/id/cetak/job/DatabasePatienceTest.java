package id.cetak.job;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.transaction.RollbackException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class DatabasePatienceTest {
  @Test
  void a_commit_whose_answer_was_lost_is_no_bug() {
    RollbackException rollback = new RollbackException("could not commit");
    rollback.addSuppressed(new SQLException("terminating connection", "57P01"));
    assertThat(DatabasePatience.isAway(new IllegalStateException(rollback))).isTrue();
    assertThat(DatabasePatience.isAway(new IllegalStateException(new RollbackException("lost"))))
        .isTrue();
  }

  @Test
  void a_broken_connection_is_a_database_that_is_away() {
    assertThat(
            DatabasePatience.isAway(new RuntimeException(new SQLException("I/O error", "08006"))))
        .isTrue();
    assertThat(DatabasePatience.isAway(new RuntimeException(new SQLException("time-out"))))
        .isTrue();
  }

  @Test
  void a_constraint_and_a_bug_of_ours_are_not() {
    assertThat(DatabasePatience.isAway(new RuntimeException(new SQLException("check", "23514"))))
        .isFalse();
    RollbackException refused = new RollbackException("could not commit");
    refused.initCause(new SQLException("unique", "23505"));
    assertThat(DatabasePatience.isAway(refused)).isFalse();
    assertThat(DatabasePatience.isAway(new IllegalStateException("a bug"))).isFalse();
  }
}
