package id.cetak.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Judges the invariants from libvirt, the disk, the broker's copy of the events and the database,
 * never from the worker's own word.
 */
public final class Witness {
  /**
   * Jobs that are owed to somebody. A worker's own look at its host is not: that of a killed worker
   * waits for its lease, and for a worker.
   */
  private static final String SENT = " and command_id not like 'start/%'";

  private final Lab lab;
  private final Broker broker;
  private final String hosts;
  private final String clones;

  /**
   * Of one host.
   *
   * @param clones part of a pattern of SQL: the clones to look at are those whose names begin so
   */
  public Witness(Lab lab, Broker broker, String host, String clones) {
    this.lab = lab;
    this.broker = broker;
    this.hosts = "host = '" + host + "'";
    this.clones = clones;
  }

  public Witness(Lab lab, Broker broker) {
    this.lab = lab;
    this.broker = broker;
    this.hosts = "host in ('lab', 'other')";
    this.clones = "";
  }

  /** Every breach that can be seen while nothing runs; empty when all hold. */
  public List<String> breaches() {
    List<String> breaches = breachesButOfSealedFiles();
    sealedFilesAreAsSealed(breaches);
    return breaches;
  }

  /**
   * Demands that no breach is left soon. A worker must run: an outcome is read a moment before it
   * is marked as sent, and what a worker tells at its start comes when it is ready.
   */
  public void demandNoBreach() {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(breaches()).isEmpty());
  }

  /** All of {@link #breaches} that takes less than a second. */
  public List<String> breachesButOfSealedFiles() {
    List<String> breaches = new ArrayList<>();
    everyJobEnded(breaches);
    oneOutcomeEach(breaches);
    clonesAreWhole(breaches);
    nothingIsLeftOver(breaches);
    identitiesAreUnique(breaches);
    return breaches;
  }

  // I1, I9
  private void everyJobEnded(List<String> breaches) {
    rows("select command_id || ' ' || state from job where state not in"
            + " ('COMPLETED','FAILED','CANCELLED') and "
            + hosts
            + SENT)
        .forEach(row -> breaches.add("I9: job has not ended: " + row));
    rows("select template || ' ' || job_id from template_lease l join job j on j.id = l.job_id"
            + " where j."
            + hosts)
        .forEach(row -> breaches.add("I9: lock is still held: " + row));
    rows("select routing_key from outbox where sent_at is null")
        .forEach(row -> breaches.add("I2: message was never sent: " + row));
  }

  // I2
  private void oneOutcomeEach(List<String> breaches) {
    Map<String, Set<String>> ids = broker.outcomeIds();
    // A host's part of a command is told of by the command's own event.
    for (String command : rows("select command_id from job where not spread and " + hosts + SENT)) {
      int found = ids.getOrDefault(command, Set.of()).size();
      if (found != 1) {
        breaches.add("I2: command %s has %d outcome ids".formatted(command, found));
      }
    }
  }

  // I3: completed, and not deleted since, means exactly one domain with its disks on the right
  // version; otherwise none of it
  private void clonesAreWhole(List<String> breaches) {
    Set<String> domains = domains();
    for (String row :
        rows(
            """
            select j.id || ' ' || j.state || ' ' || j.subject || ' ' || coalesce((select version_id from
              (select v.id as version_id from clone c join template_version v on v.template = c.template and v.version = c.version
                where c.id = j.id) q)::text, 'gone')
              from job j where j.type = 'CLONE' and j.%s and j.subject like '%s%%'
            """
                .formatted(hosts, clones))) {
      String[] part = row.split(" ", -1);
      Path folder = lab.images().resolve("clones").resolve(part[0]);
      boolean defined = domains.contains(part[0]);
      if (part[1].equals("COMPLETED") && !part[3].equals("gone")) {
        if (!defined) {
          breaches.add("I3: clone %s is completed but not defined".formatted(part[2]));
        } else {
          Shell.Result disk =
              Shell.run(
                  "qemu-img",
                  "info",
                  "-U",
                  "-f",
                  "qcow2",
                  folder.resolve("disk-0.qcow2").toString());
          if (!disk.ok()) {
            breaches.add("I3: clone %s has no disk: %s".formatted(part[2], disk.output()));
          } else if (disk.output().contains("backing file:")
              && !disk.output().contains("/sealed/" + part[3] + "/")) {
            breaches.add("I3: clone %s has a disk on the wrong version".formatted(part[2]));
          }
        }
      } else if (defined || Files.exists(folder)) {
        breaches.add("I3: clone %s is %s but something of it exists".formatted(part[2], part[1]));
      }
    }
  }

  // I4
  private void nothingIsLeftOver(List<String> breaches) {
    Set<String> clones = new TreeSet<>(rows("select id::text from clone"));
    for (Path folder : list(lab.images().resolve("clones"))) {
      if (!clones.contains(folder.getFileName().toString())) {
        breaches.add("I4: orphan folder " + folder);
      }
    }
    Set<String> versions =
        new TreeSet<>(rows("select id::text from template_version where state <> 'RETIRED'"));
    versions.add("00000000-0000-4000-8000-000000000000");
    for (Path folder : list(lab.images().resolve("sealed"))) {
      if (!versions.contains(folder.getFileName().toString())) {
        breaches.add("I4: orphan folder " + folder);
      }
    }
    for (Path left : list(lab.images().resolve("work"))) {
      if (left.getFileName().toString().matches("[0-9a-f-]{36}")) {
        breaches.add("I4: orphan work folder " + left);
      }
    }
    rows("select template || '@' || version from template_version where state = 'SEALING'")
        .forEach(row -> breaches.add("I4: half a version " + row));
    try (Stream<Path> files = Files.walk(lab.images())) {
      files
          .filter(file -> file.toString().matches(".*\\.(part|flat)"))
          .forEach(file -> breaches.add("I4: half a file " + file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // I6, as far as it shows from outside
  private void identitiesAreUnique(List<String> breaches) {
    Set<String> macs = new TreeSet<>();
    String dumps =
        domains().stream()
            .map(uuid -> "dumpxml --inactive " + uuid)
            .collect(Collectors.joining("; "));
    if (!dumps.isEmpty()) {
      Shell.must("virsh", "-q", dumps)
          .lines()
          .filter(line -> line.contains("<mac address="))
          .map(String::strip)
          .filter(mac -> !macs.add(mac))
          .forEach(mac -> breaches.add("I6: two domains have " + mac));
    }
  }

  // I5
  private void sealedFilesAreAsSealed(List<String> breaches) {
    for (String row :
        rows(
            """
            select f.version_id || ' ' || f.name || ' ' || f.digest
              from template_file f join template_version v on v.id = f.version_id
             where v.state in ('SEALED', 'RECALLED') and v.host in ('lab', 'other')
            """)) {
      String[] part = row.split(" ", -1);
      Path file = lab.images().resolve("sealed").resolve(part[0]).resolve(part[1]);
      String digest = Shell.must("sha256sum", file.toString()).split(" ", -1)[0];
      if (!digest.equals(part[2])) {
        breaches.add("I5: " + file + " is not what was sealed");
      }
      Shell.Result verified = lab.tryBarrier("verify", part[0]);
      if (!verified.ok()) {
        breaches.add("I5: the barrier of %s has a hole: %s".formatted(part[0], verified.output()));
      }
    }
  }

  /** The UUIDs of all domains that libvirt knows. */
  public static Set<String> domains() {
    Set<String> domains = new TreeSet<>();
    Shell.must("virsh", "-q", "list", "--all", "--uuid")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .forEach(domains::add);
    return domains;
  }

  /** The first column of a query, as text. */
  public static List<String> rows(String sql) {
    try (Connection database =
            DriverManager.getConnection(
                Containers.postgres().getJdbcUrl(), Containers.user(), Containers.password());
        ResultSet result = database.createStatement().executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        rows.add(result.getString(1));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** How many looks that workers take at their hosts when they start have ended. */
  public static int looksAtStart() {
    return rows("select 1 from job where ended_at is not null and not (true" + SENT + ")").size();
  }

  /** Changes rows behind the worker's back. */
  public static void change(String sql) {
    try (Connection database =
        DriverManager.getConnection(
            Containers.postgres().getJdbcUrl(), Containers.user(), Containers.password())) {
      database.createStatement().executeUpdate(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
