package id.cetak.engine;

import id.cetak.lab.Witness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everything that a command could have touched, as it stands: each row of each table but those of
 * the jobs of dry runs, each file with its size and time, each domain.
 */
record World(List<String> rows, List<String> files, List<String> domains) {
  /** What the worker writes without any command, and what a job itself is. */
  private static final Set<String> OWN = Set.of("host", "flyway_schema_history");

  private static final Set<String> OF_JOBS = Set.of("job_step", "job_failure", "outbox", "trail");

  static World now() {
    return new World(
        allRows(),
        allFiles(),
        FakeHost.HYPERVISOR.domains().stream().map(Object::toString).toList());
  }

  private static List<String> allRows() {
    List<String> rows = new ArrayList<>();
    for (String table :
        Witness.rows(
            "select table_name from information_schema.tables where table_schema = 'public' order"
                + " by 1")) {
      if (OWN.contains(table)) {
        continue;
      }
      String mine =
          table.equals("job")
              ? " where r.type <> 'PREFLIGHT'"
              : OF_JOBS.contains(table)
                  ? " where not exists (select 1 from job j where j.id = r.job_id and j.type ="
                      + " 'PREFLIGHT')"
                  : "";
      Witness.rows("select row_to_json(r)::text from %s r%s order by 1".formatted(table, mine))
          .forEach(row -> rows.add(table + " " + row));
    }
    return rows;
  }

  private static List<String> allFiles() {
    try (Stream<Path> all = Files.walk(FakeHost.DIRECTORY)) {
      List<String> files = new ArrayList<>();
      for (Path file : all.sorted().toList()) {
        files.add(file + " " + Files.readAttributes(file, "size,lastModifiedTime"));
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
