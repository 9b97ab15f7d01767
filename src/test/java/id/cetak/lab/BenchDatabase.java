package id.cetak.lab;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The PostgreSQL that the environment names, for benchmarks. */
final class BenchDatabase {
  private BenchDatabase() {}

  static void until(String condition) throws SQLException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (number("select cast((" + condition + ") as int)") == 0) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("Not within five minutes: " + condition);
      }
      LockSupport.parkNanos(100_000_000);
    }
  }

  static double number(String query) throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getDouble(1);
    }
  }

  static void sql(String statement) throws SQLException {
    try (var connection = connect();
        var execute = connection.createStatement()) {
      execute.execute(statement);
    }
  }

  static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        variable("QUARKUS_DATASOURCE_JDBC_URL", ""),
        variable("QUARKUS_DATASOURCE_USERNAME", ""),
        variable("QUARKUS_DATASOURCE_PASSWORD", ""));
  }

  static String variable(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }
}
