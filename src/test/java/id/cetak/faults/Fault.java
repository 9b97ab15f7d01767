package id.cetak.faults;

import static org.awaitility.Awaitility.await;

import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Libvirtd;
import id.cetak.lab.Shell;
import id.cetak.lab.Witness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What is done while a worker stands at a place. Each lets the worker go in the end, and leaves the
 * world whole, so that the job can end.
 */
enum Fault {
  NONE("nothing") {
    @Override
    void strike(World world, Scene scene) {
      world.release(scene.place());
    }
  },

  KILL_WORKER("the worker is killed (kill -9)") {
    @Override
    void strike(World world, Scene scene) {
      if (scene.place().startsWith("intake")) {
        // An acknowledgement that was given too early has arrived when the broker answers this.
        rabbitmqctl("list_queues");
      }
      scene.worker().kill();
      world.release(scene.place());
      world.replace(scene.worker());
    }
  },

  FREEZE_WORKER("the worker is frozen (SIGSTOP) until another has its job, and thawed then") {
    @Override
    void strike(World world, Scene scene) {
      int attempt = scene.attempt();
      scene.worker().signal("STOP");
      world.release(scene.place());
      // The other worker comes to the same place, or the job is over.
      world.arm(scene.place());
      boolean again = world.standing(scene.place(), scene::isOver).isPresent();
      scene.worker().signal("CONT");
      if (again) {
        // The late one either ends its attempt, or had nothing left to do.
        await("the late worker")
            .atMost(SOON)
            .until(
                () ->
                    scene.isOver()
                        || scene
                            .worker()
                            .log()
                            .contains(
                                "Attempt %d of job %s stops".formatted(attempt, scene.jobId())));
        if (scene.isOver()) {
          scene.breach("I7: attempt %d ended a job that a later one holds".formatted(attempt));
        }
        world.release(scene.place());
      }
    }
  },

  TERM_WORKER("the worker is asked to end (SIGTERM)") {
    @Override
    void strike(World world, Scene scene) {
      scene.worker().signal("TERM");
      world.release(scene.place());
      await("the worker's end").atMost(SOON).until(() -> !scene.worker().isAlive());
      world.replace(scene.worker());
    }
  },

  KILL_LIBVIRTD("libvirtd is killed, and started again after the worker has met that") {
    @Override
    void strike(World world, Scene scene) {
      Libvirtd.kill();
      world.release(scene.place());
      scene.awaitAnyMove();
      Libvirtd.start();
    }
  },

  RESTART_LIBVIRTD("libvirtd is stopped as a service manager does, and started again") {
    @Override
    void strike(World world, Scene scene) {
      Libvirtd.stop();
      world.release(scene.place());
      Libvirtd.start();
    }
  },

  KILL_RABBITMQ("RabbitMQ is killed and started again") {
    @Override
    void strike(World world, Scene scene) {
      Containers.crash(Containers.rabbitmq());
      world.release(scene.place());
    }
  },

  RESTART_RABBITMQ("RabbitMQ is stopped as a service manager does, and started again") {
    @Override
    void strike(World world, Scene scene) {
      Containers.restart(Containers.rabbitmq());
      world.release(scene.place());
    }
  },

  STALL_RABBITMQ("packets to and from RabbitMQ vanish for as long as a job takes") {
    @Override
    void strike(World world, Scene scene) {
      world.toRabbit.stall(true);
      world.release(scene.place());
      scene.awaitAnyMove();
      world.toRabbit.stall(false);
    }
  },

  KILL_POSTGRESQL("PostgreSQL is killed and started again") {
    @Override
    void strike(World world, Scene scene) {
      Containers.crash(Containers.postgres());
      world.release(scene.place());
    }
  },

  RESTART_POSTGRESQL("PostgreSQL is stopped as a service manager does, and started again") {
    @Override
    void strike(World world, Scene scene) {
      Containers.restart(Containers.postgres());
      world.release(scene.place());
    }
  },

  STALL_POSTGRESQL("packets to and from PostgreSQL vanish beyond the lease") {
    @Override
    void strike(World world, Scene scene) {
      world.toPostgres.stall(true);
      world.release(scene.place());
      await("the end of the lease").atMost(SOON).until(scene::leaseIsOver);
      world.toPostgres.stall(false);
    }
  },

  COMMIT_UNANSWERED("a commit arrives at PostgreSQL, and its answer is lost with the connection") {
    @Override
    void strike(World world, Scene scene) {
      world.toPostgres.swallowAnswers(true);
      world.release(scene.place());
      scene.awaitAnyMove();
      world.toPostgres.cut();
      world.toPostgres.swallowAnswers(false);
    }
  },

  CONFIRM_UNANSWERED("events arrive at RabbitMQ, and their confirms are lost with the connection") {
    @Override
    void strike(World world, Scene scene) {
      world.toRabbit.swallowAnswers(true);
      world.release(scene.place());
      scene.awaitAnyMove();
      world.toRabbit.cut();
      world.toRabbit.swallowAnswers(false);
    }
  },

  DUPLICATE("the command comes three times more") {
    @Override
    void strike(World world, Scene scene) {
      for (int n = 0; n < 3; n++) {
        world.broker.send(n == 1 ? "any" : "host." + world.host, scene.command());
      }
      world.release(scene.place());
    }
  },

  FULL_DISK("the file system of the clones has no byte left, until a job has met that") {
    @Override
    void strike(World world, Scene scene) {
      world.clonesFileSystem("size=" + Math.max(4, Long.parseLong(world.usedOnClones()[0])) + "k");
      world.release(scene.place());
      scene.awaitFailureOrEnd();
      world.healClonesFileSystem();
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "completed");
    }
  },

  NO_INODES("the file system of the clones has no inode left, until a job has met that") {
    @Override
    void strike(World world, Scene scene) {
      world.clonesFileSystem("nr_inodes=" + world.usedOnClones()[1]);
      world.release(scene.place());
      scene.awaitFailureOrEnd();
      if (!scene.isOver() && !scene.complaint().contains(" and 0 files are free")) {
        scene.breach("The reason does not say what is short: " + scene.complaint());
      }
      world.healClonesFileSystem();
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "completed");
    }
  },

  READ_ONLY("the file system of the clones turns read-only, until a job has met that") {
    @Override
    void strike(World world, Scene scene) {
      world.clonesFileSystem("ro");
      world.release(scene.place());
      scene.awaitFailureOrEnd();
      world.healClonesFileSystem();
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "completed");
    }
  },

  MEMORY_ALARM("RabbitMQ has a memory alarm, and takes nothing from publishers, for a while") {
    @Override
    void strike(World world, Scene scene) {
      rabbitmqctl("set_vm_memory_high_watermark", "0.000001");
      world.release(scene.place());
      scene.awaitAnyMove();
      rabbitmqctl("set_vm_memory_high_watermark", "0.8");
    }
  },

  NO_BINDING("the log of events is bound to nothing, until an event was returned") {
    @Override
    void strike(World world, Scene scene) throws Exception {
      bind(world, false);
      world.release(scene.place());
      await("an event that no queue takes, or that counts as sent")
          .atMost(SOON)
          .until(() -> scene.isOver() && !scene.hasFreshEvents());
      bind(world, true);
    }
  },

  COMMIT_OVERTAKEN("its last transaction commits after a later one of another job") {
    @Override
    void strike(World world, Scene scene) throws SQLException {
      try (Connection database = World.database()) {
        database.setAutoCommit(false);
        database
            .createStatement()
            .execute(
                "select 1 from template where name = '%s' for update".formatted(scene.template()));
        world.release(scene.place());
        await("a transaction that waits for ours")
            .atMost(SOON)
            .until(
                () ->
                    !Witness.rows(
                            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and"
                                + " application_name like 'cetak%'")
                        .isEmpty());
        String other = scene.id() + "-other";
        world.broker.send("control", Commands.cancel(other, scene.id() + "-nobody"));
        world.broker.outcome(other, SOON);
        database.rollback();
      }
    }
  },

  COMPETITOR("a clone of the template that is being sealed is asked for") {
    @Override
    void strike(World world, Scene scene) {
      String other = scene.id() + "-other";
      world.send(Commands.clone(other, scene.template(), other, ""));
      await("the competitor")
          .atMost(SOON)
          .until(
              () ->
                  !Witness.rows(
                          "select 1 from job where command_id = '%s' and state not in ('QUEUED', 'RUNNING')"
                              .formatted(other))
                      .isEmpty());
      if (!Witness.rows("select state from job where command_id = '" + other + "'")
          .equals(List.of("PARKED"))) {
        scene.breach("I8: a clone went on while its template was being sealed");
      }
      world.release(scene.place());
    }
  },

  KILL_IN_TOOL("the worker is killed while its tool runs, which must die with it") {
    @Override
    void strike(World world, Scene scene) {
      world.release(scene.place());
      await("a tool").atMost(SOON).until(() -> scene.worker().tools().count() > 0);
      List<ProcessHandle> tools = scene.worker().tools().toList();
      scene.worker().kill();
      try {
        await()
            .atMost(Duration.ofSeconds(5))
            .until(() -> tools.stream().noneMatch(ProcessHandle::isAlive));
      } catch (org.awaitility.core.ConditionTimeoutException e) {
        scene.breach("I4: a tool outlives its worker");
        tools.forEach(ProcessHandle::destroyForcibly);
      }
      world.replace(scene.worker());
    }
  },

  KILL_TOOL("the tool is killed while it runs") {
    @Override
    void strike(World world, Scene scene) {
      world.release(scene.place());
      await("a tool").atMost(SOON).until(() -> scene.worker().tools().count() > 0);
      scene.worker().tools().forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "completed");
    }
  },

  CANCEL_AND_KILL("it is cancelled, and the worker is killed before it can act on that") {
    @Override
    void strike(World world, Scene scene) throws Exception {
      world.broker.send("control", Commands.cancel(scene.id() + "-cancel", scene.id()));
      world.broker.outcome(scene.id() + "-cancel", SOON);
      KILL_WORKER.strike(world, scene);
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "cancelled");
    }
  },

  EDITED_DOMAIN("an operator edits the new domain") {
    @Override
    void strike(World world, Scene scene) {
      Shell.run("virsh", "setmaxmem", scene.jobId(), "64M", "--config");
      Shell.run("virsh", "desc", scene.jobId(), "edited by hand", "--config");
      world.release(scene.place());
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "completed");
    }
  },

  UNDEFINED_DOMAIN("an operator undefines the new domain") {
    @Override
    void strike(World world, Scene scene) {
      Shell.run("virsh", "undefine", scene.jobId());
      world.release(scene.place());
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "completed");
    }
  },

  RENAMED_DOMAIN("an operator renames the new domain") {
    @Override
    void strike(World world, Scene scene) {
      Shell.run("virsh", "domrename", scene.id(), scene.id() + "-renamed");
      world.release(scene.place());
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "completed");
    }
  },

  STARTED_DOMAIN("an operator starts the new domain") {
    @Override
    void strike(World world, Scene scene) {
      Shell.run("virsh", "start", scene.jobId());
      world.release(scene.place());
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "completed");
    }
  },

  DELETED_DISK("an operator deletes the new disk") {
    @Override
    void strike(World world, Scene scene) throws IOException {
      Files.deleteIfExists(Target.folder(world, scene.jobId()).resolve("disk-0.qcow2"));
      world.release(scene.place());
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "completed");
    }
  },

  FOREIGN_NAME("somebody defines a domain of the same name first") {
    @Override
    void strike(World world, Scene scene) {
      foreign(world, scene, scene.id(), "52:54:00:fa:17:01");
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed");
    }
  },

  FOREIGN_MAC("somebody defines a domain with the planned address first") {
    @Override
    void strike(World world, Scene scene) {
      String mac =
          Witness.rows("select address from mac where clone_id = '" + scene.jobId() + "'").get(0);
      foreign(world, scene, scene.id() + "-foreign", mac);
    }

    @Override
    Set<String> mayEndWith() {
      return Set.of("failed", "completed");
    }
  },

  NEWER_SCHEMA(
      "a newer build has migrated the database; an older one goes on, and one starts again") {
    @Override
    void strike(World world, Scene scene) {
      Witness.change("alter table job add column newer text not null default 'x'");
      Witness.change(
          """
          insert into flyway_schema_history (installed_rank, version, description, type, script, checksum,
                                             installed_by, execution_time, success)
          select max(installed_rank) + 1, '900', 'newer', 'SQL', 'V900__newer.sql', 1, current_user, 1, true
            from flyway_schema_history
          """);
      try {
        scene.worker().kill();
        world.release(scene.place());
        world.replace(scene.worker());
        scene.awaitEnd();
        world.heal();
      } finally {
        Witness.change("delete from flyway_schema_history where version = '900'");
        Witness.change("alter table job drop column newer");
      }
    }
  };

  private static final Duration SOON = Duration.ofSeconds(90);

  private final String words;

  Fault(String words) {
    this.words = words;
  }

  /** What happens, as a clause. */
  String words() {
    return words;
  }

  abstract void strike(World world, Scene scene) throws Exception;

  /** How the job may end: some faults leave it no other way than to fail, and to leave nothing. */
  Set<String> mayEndWith() {
    return Set.of("completed");
  }

  /** Whether a job goes on to its next place after it. */
  boolean goesOn() {
    return mayEndWith().equals(Set.of("completed"));
  }

  private static void rabbitmqctl(String... words) {
    try {
      String[] command = new String[words.length + 1];
      command[0] = "rabbitmqctl";
      System.arraycopy(words, 0, command, 1, words.length);
      var result = Containers.rabbitmq().execInContainer(command);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + result);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void bind(World world, boolean on) throws Exception {
    if (on) {
      world.broker.open().queueBind("cetak.events.log", "cetak.events", "#");
    } else {
      world.broker.open().queueUnbind("cetak.events.log", "cetak.events", "#");
    }
  }

  /** A domain that is not ours must be there afterwards as it was. */
  private static void foreign(World world, Scene scene, String name, String mac) {
    Path file = world.lab.directory().resolve("foreign.xml");
    try {
      Files.writeString(
          file,
          """
          <domain type='qemu'><name>%s</name><memory>65536</memory><os><type>hvm</type></os>
            <devices><interface type='user'><mac address='%s'/></interface></devices></domain>
          """
              .formatted(name, mac));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Shell.must("virsh", "-q", "define", file.toString());
    String before = Shell.must("virsh", "dumpxml", "--inactive", name);
    world.release(scene.place());
    scene.awaitEnd();
    String after = Shell.run("virsh", "dumpxml", "--inactive", name).output();
    if (!after.equals(before)) {
      scene.breach("I4: the foreign domain %s was touched: %s".formatted(name, after));
    }
    Shell.run("virsh", "undefine", name);
  }
}
