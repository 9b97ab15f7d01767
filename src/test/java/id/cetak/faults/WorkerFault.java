package id.cetak.faults;

import static org.awaitility.Awaitility.await;

import id.cetak.lab.Commands;
import id.cetak.lab.Containers;
import id.cetak.lab.Witness;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/** What happens to the worker, or to what it is asked for. */
enum WorkerFault implements Fault {
  NONE("nothing") {
    @Override
    public void strike(World world, Scene scene) {
      world.release(scene.place());
    }
  },

  KILL_WORKER("the worker is killed (kill -9)") {
    @Override
    public void strike(World world, Scene scene) {
      if (scene.place().startsWith("intake")) {
        // An acknowledgement that was given too early has arrived when the broker answers this.
        Containers.must(Containers.rabbitmq(), "rabbitmqctl", "list_queues");
      }
      scene.worker().kill();
      world.release(scene.place());
      world.replace(scene.worker());
    }
  },

  FREEZE_WORKER("the worker is frozen (SIGSTOP) until another has its job, and thawed then") {
    @Override
    public void strike(World world, Scene scene) {
      int attempt = scene.attempt();
      scene.worker().signal("STOP");
      world.release(scene.place());
      // The other worker comes to the same place, or to a later one when that step was journaled.
      world.arm(scene.place());
      await("another worker with the job")
          .atMost(Scene.SOON)
          .until(() -> world.anotherStands(scene.worker()) || scene.isOver());
      boolean over = scene.isOver();
      scene.worker().signal("CONT");
      if (!over) {
        // The late one either ends its attempt, or had nothing left to do.
        await("the late worker")
            .atMost(Scene.SOON)
            .until(
                () -> {
                  // It stands still at later places too, should it come there.
                  world.letGo(scene.worker());
                  return scene.isOver() || scene.hasStopped(attempt);
                });
        if (scene.isOver()) {
          scene.breach("I7: attempt %d ended a job that a later one holds".formatted(attempt));
        }
      }
      world.release(scene.place());
    }
  },

  FREEZE_TO_THE_END("the worker is frozen (SIGSTOP) until the command has ended, and thawed then") {
    @Override
    public void strike(World world, Scene scene) {
      int attempt = scene.attempt();
      scene.worker().signal("STOP");
      try {
        world.release(scene.place());
        world.broker.outcome(scene.id(), world.patience);
      } finally {
        scene.worker().signal("CONT");
      }
      if (!scene.place().startsWith("intake") && !scene.place().startsWith("outbox")) {
        scene.awaitLateEnd(attempt);
      }
    }
  },

  TERM_WORKER("the worker is asked to end (SIGTERM)") {
    @Override
    public void strike(World world, Scene scene) {
      scene.worker().signal("TERM");
      world.release(scene.place());
      await("the worker's end, or that it stands at the next place")
          .atMost(Scene.SOON)
          .until(
              () ->
                  !scene.worker().isAlive()
                      || world.standsElsewhere(scene.worker(), scene.place()));
      if (!scene.worker().isAlive()) {
        world.replace(scene.worker());
      }
    }
  },

  KILL_IN_TOOL("the worker is killed while its tool runs, which must die with it") {
    @Override
    public void strike(World world, Scene scene) {
      world.release(scene.place());
      await("a tool").atMost(Scene.SOON).until(() -> scene.worker().tools().count() > 0);
      List<ProcessHandle> tools = scene.worker().tools().toList();
      scene.worker().kill();
      try {
        await()
            .atMost(Duration.ofSeconds(5))
            .until(() -> tools.stream().noneMatch(ProcessHandle::isAlive));
      } catch (ConditionTimeoutException e) {
        scene.breach("I4: a tool outlives its worker");
        tools.forEach(ProcessHandle::destroyForcibly);
      }
      world.replace(scene.worker());
    }
  },

  KILL_TOOL("the tool is killed while it runs", Ending.WELL_OR_FAILED) {
    @Override
    public void strike(World world, Scene scene) {
      world.release(scene.place());
      await("a tool").atMost(Scene.SOON).until(() -> scene.worker().tools().count() > 0);
      scene.worker().tools().forEach(ProcessHandle::destroyForcibly);
    }
  },

  CANCEL_AND_KILL(
      "it is cancelled, and the worker is killed before it can act on that", Ending.UNDONE) {
    @Override
    public void strike(World world, Scene scene) throws Exception {
      world.broker.send("control", Commands.cancel(scene.id() + "-cancel", scene.id()));
      world.broker.outcome(scene.id() + "-cancel", Scene.SOON);
      KILL_WORKER.strike(world, scene);
    }
  },

  DUPLICATE("the command comes three times more") {
    @Override
    public void strike(World world, Scene scene) {
      for (int n = 0; n < REPEATS; n++) {
        world.broker.send(n == 1 ? "any" : "host." + world.host, scene.command());
      }
      world.release(scene.place());
    }
  },

  COMPETITOR("a clone of the template that is being sealed is asked for") {
    @Override
    public void strike(World world, Scene scene) {
      String other = scene.id() + "-other";
      world.send(Commands.clone(other, scene.template(), other, ""));
      await("the competitor")
          .atMost(Scene.SOON)
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
  };

  /** How often a command comes again. */
  static final int REPEATS = 3;

  private final String words;
  private final Ending ending;

  WorkerFault(String words) {
    this(words, Ending.WELL);
  }

  WorkerFault(String words, Ending ending) {
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
}
