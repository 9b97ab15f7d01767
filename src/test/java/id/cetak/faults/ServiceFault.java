package id.cetak.faults;

import static org.awaitility.Awaitility.await;

import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Libvirtd;
import id.cetak.lab.Witness;
import java.sql.Connection;
import java.sql.SQLException;

/** What happens to what the worker stands on: libvirtd, RabbitMQ and PostgreSQL. */
enum ServiceFault implements Fault {
  KILL_LIBVIRTD("libvirtd is killed, and started again after the worker has met that") {
    @Override
    public void strike(World world, Scene scene) {
      Libvirtd.kill();
      world.release(scene.place());
      scene.awaitAnyMove();
    }

    @Override
    public void heal(World world) {
      Libvirtd.start();
    }
  },

  RESTART_LIBVIRTD("libvirtd is stopped as a service manager does, and started again") {
    @Override
    public void strike(World world, Scene scene) {
      Libvirtd.stop();
      world.release(scene.place());
    }

    @Override
    public void heal(World world) {
      Libvirtd.start();
    }
  },

  KILL_RABBITMQ("RabbitMQ is killed and started again") {
    @Override
    public void strike(World world, Scene scene) {
      Containers.crash(Containers.rabbitmq());
      world.release(scene.place());
    }

    @Override
    public void heal(World world) {
      Containers.awaitAnswer(Containers.rabbitmq());
    }
  },

  RESTART_RABBITMQ("RabbitMQ is stopped as a service manager does, and started again") {
    @Override
    public void strike(World world, Scene scene) {
      Containers.restart(Containers.rabbitmq());
      world.release(scene.place());
    }

    @Override
    public void heal(World world) {
      Containers.awaitAnswer(Containers.rabbitmq());
    }
  },

  STALL_RABBITMQ("packets to and from RabbitMQ vanish for as long as a job takes") {
    @Override
    public void strike(World world, Scene scene) {
      stallRabbit(world, scene);
    }

    @Override
    public void heal(World world) {
      world.toRabbit.stall(false);
    }
  },

  EVENT_LOST("events vanish on their way to RabbitMQ, with the connection") {
    @Override
    public void strike(World world, Scene scene) {
      stallRabbit(world, scene);
    }

    @Override
    public void heal(World world) {
      world.toRabbit.cut();
      world.toRabbit.stall(false);
    }
  },

  CONFIRM_UNANSWERED("events arrive at RabbitMQ, and their confirms are lost with the connection") {
    @Override
    public void strike(World world, Scene scene) {
      world.toRabbit.swallowAnswers(true);
      world.release(scene.place());
      scene.awaitAnyMove();
    }

    @Override
    public void heal(World world) {
      world.toRabbit.cut();
      world.toRabbit.swallowAnswers(false);
    }
  },

  MEMORY_ALARM("RabbitMQ has a memory alarm, and takes nothing from publishers, for a while") {
    @Override
    public void strike(World world, Scene scene) {
      limitMemory("0.000001");
      world.release(scene.place());
      scene.awaitAnyMove();
    }

    @Override
    public void heal(World world) {
      limitMemory("0.8");
    }
  },

  NO_BINDING("the log of events is bound to nothing, until an event was returned") {
    @Override
    public void strike(World world, Scene scene) throws Exception {
      // A worker that opens its connection for events only now would bind the log again.
      await("both workers' connections for events")
          .atMost(Scene.SOON)
          .until(() -> eventConnections(world) == 2);
      bind(world, false);
      world.release(scene.place());
      await("an event that no queue takes, or that counts as sent")
          .atMost(Scene.SOON)
          .until(() -> scene.isOver() && !scene.hasFreshEvents());
    }

    @Override
    public void heal(World world) throws Exception {
      bind(world, true);
    }
  },

  KILL_POSTGRESQL("PostgreSQL is killed and started again") {
    @Override
    public void strike(World world, Scene scene) {
      Containers.crash(Containers.postgres());
      world.release(scene.place());
    }

    @Override
    public void heal(World world) {
      Containers.awaitAnswer(Containers.postgres());
    }
  },

  RESTART_POSTGRESQL("PostgreSQL is stopped as a service manager does, and started again") {
    @Override
    public void strike(World world, Scene scene) {
      Containers.restart(Containers.postgres());
      world.release(scene.place());
    }

    @Override
    public void heal(World world) {
      Containers.awaitAnswer(Containers.postgres());
    }
  },

  STALL_POSTGRESQL("packets to and from PostgreSQL vanish beyond the lease") {
    @Override
    public void strike(World world, Scene scene) {
      world.toPostgres.stall(true);
      world.release(scene.place());
      await("the end of the lease").atMost(Scene.SOON).until(scene::leaseIsOver);
    }

    @Override
    public void heal(World world) {
      world.toPostgres.stall(false);
    }
  },

  COMMIT_UNANSWERED("a commit arrives at PostgreSQL, and its answer is lost with the connection") {
    @Override
    public void strike(World world, Scene scene) {
      world.toPostgres.swallowAnswers(true);
      world.release(scene.place());
      scene.awaitAnyMove();
    }

    @Override
    public void heal(World world) {
      world.toPostgres.cut();
      world.toPostgres.swallowAnswers(false);
    }
  },

  COMMIT_OVERTAKEN("its last transaction commits after a later one of another job") {
    @Override
    public void strike(World world, Scene scene) throws SQLException {
      try (Connection database = World.database()) {
        database.setAutoCommit(false);
        database
            .createStatement()
            .execute(
                "select 1 from template where name = '%s' for update".formatted(scene.template()));
        world.release(scene.place());
        await("a transaction that waits for ours")
            .atMost(Scene.SOON)
            .until(
                () ->
                    !Witness.rows(
                            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and"
                                + " application_name like 'cetak%'")
                        .isEmpty());
        String other = scene.id() + "-other";
        world.broker.send("control", Commands.cancel(other, scene.id() + "-nobody"));
        world.broker.outcome(other, Scene.SOON);
        database.rollback();
      }
    }
  },

  NEWER_SCHEMA(
      "a newer build has migrated the database; an older one goes on, and one starts again") {
    @Override
    public void strike(World world, Scene scene) {
      Witness.change("alter table job add column newer text not null default 'x'");
      Witness.change(
          """
          insert into flyway_schema_history (installed_rank, version, description, type, script, checksum,
                                             installed_by, execution_time, success)
          select max(installed_rank) + 1, '900', 'newer', 'SQL', 'V900__newer.sql', 1, current_user, 1, true
            from flyway_schema_history
          """);
      scene.worker().kill();
      world.release(scene.place());
      world.replace(scene.worker());
      scene.awaitEnd();
      world.heal();
    }

    @Override
    public void heal(World world) {
      Witness.change("delete from flyway_schema_history where version = '900'");
      Witness.change("alter table job drop column newer");
    }
  };

  private final String words;
  private final Ending ending;

  ServiceFault(String words) {
    this(words, Ending.WELL);
  }

  ServiceFault(String words, Ending ending) {
    this.words = words;
    this.ending = ending;
  }

  @Override
  public String words() {
    return words;
  }

  @Override
  public Ending ending() {
    return ending;
  }

  private static void stallRabbit(World world, Scene scene) {
    world.toRabbit.stall(true);
    world.release(scene.place());
    scene.awaitAnyMove();
  }

  private static void limitMemory(String watermark) {
    Containers.must(
        Containers.rabbitmq(), "rabbitmqctl", "set_vm_memory_high_watermark", watermark);
  }

  private static long eventConnections(World world) {
    String wanted = "\"cetak %s events\"".formatted(world.host);
    return Containers.must(
            Containers.rabbitmq(), "rabbitmqctl", "-q", "list_connections", "client_properties")
        .lines()
        .filter(properties -> properties.contains(wanted))
        .count();
  }

  private static void bind(World world, boolean on) throws Exception {
    if (on) {
      world.broker.open().queueBind("cetak.events.log", "cetak.events", "#");
    } else {
      world.broker.open().queueUnbind("cetak.events.log", "cetak.events", "#");
    }
  }
}
