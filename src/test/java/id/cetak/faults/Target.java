package id.cetak.faults;

import id.cetak.lab.Commands;
import id.cetak.lab.Shell;
import id.cetak.lab.Witness;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What is asked for while a fault strikes: a command with its steps, and what must be true after.
 */
enum Target {
  CLONE("clone", "lock plan disks nvram seed define start verify", "clone.completed") {
    @Override
    String command(World world, String id) {
      return Commands.clone(id, world.lab.template(), id, "");
    }
  },

  START("clone", "lock plan disks nvram seed define start verify", "clone.completed") {
    @Override
    String command(World world, String id) {
      return Commands.clone(id, world.lab.template(), id, ", \"start\": true");
    }
  },

  DELETE("delete", "plan domain files", "clone.deleted") {
    @Override
    void prepare(World world, String id) {
      String made = id + "-made";
      world.send(Commands.clone(made, world.lab.template(), id, ""));
      Episode.demand(world, made, Set.of("cetak.clone.completed"));
    }

    @Override
    String command(World world, String id) {
      return Commands.delete(id, "name", id);
    }
  },

  BATCH("clone-batch", "lock plan spawn await", "batch.completed") {
    @Override
    String command(World world, String id) {
      return Commands.batch(id, world.lab.template(), 20);
    }

    @Override
    List<String> judge(World world, String id, String outcome) {
      String made =
          Witness.rows("select count(*) from clone where name like '" + id + "-%'").get(0);
      return made.equals("20") ? List.of() : List.of("I3: " + made + " of 20 clones were made");
    }

    @Override
    void clean(World world, String id) {
      remove(world, id, "batch");
    }
  },

  SEAL(
      "sysprep",
      "lock plan shutdown overlay sysprep machine-id attest judge flatten digest barrier tidy consume",
      "template.sealed") {
    @Override
    void prepare(World world, String id) {
      world.lab.defineGuest(id);
    }

    @Override
    String command(World world, String id) {
      return Commands.sysprep(id, id, id, "");
    }

    @Override
    List<String> judge(World world, String id, String outcome) {
      List<String> breaches = new ArrayList<>();
      List<String> states =
          Witness.rows("select state from template_version where template = '" + id + "'");
      boolean sealed = outcome.equals("cetak.template.sealed");
      if (!states.equals(sealed ? List.of("SEALED") : List.of())) {
        breaches.add("I3: the template's versions are " + states + " after " + outcome);
      }
      if (!sealed
          && !(Shell.run("virsh", "domstate", id).output().contains("shut off")
              && world.lab.isUntouched(id))) {
        breaches.add("I3: the source is not as it was after " + outcome);
      }
      return breaches;
    }

    @Override
    void clean(World world, String id) {
      // What a competitor has cast from it meanwhile.
      remove(world, id + "-other", "name");
      if (Witness.rows("select 1 from template_version where template = '" + id + "'").isEmpty()) {
        Shell.run("virsh", "undefine", id);
      } else {
        String over = id + "-over";
        world.broker.send("any", Commands.version("retire", over, id, 1));
        Episode.demand(world, over, Set.of("cetak.template.retired"));
      }
    }
  };

  private final String word;

  /** With spaces between them, and the lock before them. */
  private final String steps;

  private final String good;

  Target(String word, String steps, String good) {
    this.word = word;
    this.steps = steps;
    this.good = "cetak." + good;
  }

  /** Makes what the command is about. */
  void prepare(World world, String id) {}

  abstract String command(World world, String id);

  /** The type of the event of a job that ended well. */
  String good() {
    return good;
  }

  /** What the witnesses of every episode do not look at. */
  List<String> judge(World world, String id, String outcome) {
    return List.of();
  }

  /** Removes what is left when all is well. */
  void clean(World world, String id) {
    remove(world, id, "name");
  }

  private List<String> steps() {
    return List.of(steps.split(" ", -1));
  }

  /** Every place on the way of a job that ends well, in their order. */
  List<String> places() {
    List<String> places = new ArrayList<>();
    places.add("intake.accept.before-commit");
    places.add("intake.accept.after-commit");
    for (String step : steps()) {
      places.add(place(step + ".before-effect"));
      places.add(place(step + ".after-effect"));
    }
    places.add(place("finish.before-commit"));
    places.add(place("finish.after-commit"));
    places.add("outbox.round.before-publish");
    places.add("outbox.round.after-confirm");
    return places;
  }

  /** The places of a job that is undone after all its steps. */
  List<String> undoPlaces() {
    List<String> places = new ArrayList<>();
    for (int n = steps().size() - 1; n >= 0; n--) {
      if (!steps().get(n).equals("lock")) {
        places.add(place(steps().get(n) + ".before-undo"));
      }
    }
    places.add(place("undone.before-commit"));
    places.add(place("undone.after-commit"));
    return places;
  }

  /** A place of this command's jobs, without the word before it. */
  String place(String stepAndMoment) {
    return word + "." + stepAndMoment;
  }

  /** Where a clone's images are, or a job's: both have the job's id. */
  static Path folder(World world, String jobId) {
    return world.lab.images().resolve("clones").resolve(jobId);
  }

  private static void remove(World world, String id, String by) {
    String names = by.equals("name") ? id : id + "-%";
    boolean there = !Witness.rows("select 1 from clone where name like '" + names + "'").isEmpty();
    if (there) {
      String over = id + "-over";
      world.send(Commands.delete(over, by, id));
      Episode.demand(world, over, Set.of("cetak.clone.deleted", "cetak.batch.deleted"));
    }
  }
}
