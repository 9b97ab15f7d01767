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
      makeClone(world, id);
    }

    @Override
    String command(World world, String id) {
      return Commands.delete(id, "name", id);
    }
  },

  FLATTEN("flatten", "plan copy swap define describe verify", "clone.flattened") {
    @Override
    void prepare(World world, String id) {
      makeClone(world, id);
    }

    @Override
    String command(World world, String id) {
      return Commands.flatten(id, id);
    }

    @Override
    List<String> judge(World world, String id, String outcome) {
      String clone = Witness.rows("select id::text from clone where name = '" + id + "'").get(0);
      String disk = folder(world, clone).resolve("disk-0.qcow2").toString();
      Shell.Result whole = Shell.run("qemu-img", "check", "-q", "-f", "qcow2", disk);
      boolean linked = Shell.must("qemu-img", "info", disk).contains("backing file:");
      return whole.ok() && !(linked && outcome.equals(good()))
          ? List.of()
          : List.of(
              "I3: after %s the disk is %s. %s"
                  .formatted(outcome, linked ? "linked" : "flat", whole.output()));
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

  DELETE_BATCH("delete-batch", "plan members", "batch.deleted") {
    @Override
    void prepare(World world, String id) {
      world.send(Commands.batch(batch(id), world.lab.template(), 5));
      Episode.demand(world, batch(id), Set.of("cetak.batch.completed"));
    }

    @Override
    String command(World world, String id) {
      return Commands.delete(id, "batch", batch(id));
    }

    @Override
    List<String> judge(World world, String id, String outcome) {
      String left =
          Witness.rows("select count(*) from clone where name like '" + batch(id) + "-%'").get(0);
      return left.equals("0") || !outcome.equals(good())
          ? List.of()
          : List.of("I3: " + left + " clones of a deleted batch are there");
    }

    @Override
    void clean(World world, String id) {
      remove(world, batch(id), "batch");
    }

    private String batch(String id) {
      return id + "-batch";
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
      boolean sealed = outcome.equals(good());
      List<String> breaches = new ArrayList<>(judgeVersion(world, id, sealed ? "SEALED" : ""));
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
      Shell.run("virsh", "undefine", id);
      retire(world, id);
    }
  },

  IMPORT(
      "import",
      "lock plan fetch examine rewrite attest judge digest barrier tidy",
      "template.sealed") {
    @Override
    String command(World world, String id) {
      return Commands.imported(id, world.image(), id, "");
    }

    @Override
    List<String> judge(World world, String id, String outcome) {
      return judgeVersion(world, id, outcome.equals(good()) ? "SEALED" : "");
    }

    @Override
    void clean(World world, String id) {
      retire(world, id);
    }
  },

  RETIRE("retire", "lock plan dependants judge claim barrier files", "template.retired") {
    @Override
    void prepare(World world, String id) {
      world.send(Commands.imported(id + "-made", world.image(), id, ""));
      Episode.demand(world, id + "-made", Set.of("cetak.template.sealed"));
    }

    @Override
    String command(World world, String id) {
      return Commands.version("retire", id, id, 1);
    }

    @Override
    List<String> judge(World world, String id, String outcome) {
      return judgeVersion(world, id, outcome.equals(good()) ? "RETIRED" : "SEALED");
    }

    @Override
    void clean(World world, String id) {
      retire(world, id);
    }
  };

  private static final List<String> PLACES_OF_OUTCOME =
      List.of("outbox.round.before-publish", "outbox.round.after-confirm");

  /** What cannot be taken back once it has begun: nothing after it is undone either. */
  private static final Set<String> FOR_GOOD =
      Set.of("delete.domain", "sysprep.consume", "retire.barrier");

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

  /** The template that the command of this id is about. */
  String template(String id) {
    return List.of(SEAL, IMPORT, RETIRE).contains(this) ? id : "lab";
  }

  /** Whether an episode boots libguestfs's appliance, which takes half a minute without KVM. */
  boolean needsAppliance() {
    return List.of(SEAL, IMPORT, RETIRE).contains(this);
  }

  /** Whether its jobs hold a template's lock. */
  boolean locks() {
    return steps().contains("lock");
  }

  private List<String> steps() {
    return List.of(steps.split(" ", -1));
  }

  /**
   * Where an outcome passes on its way to RabbitMQ, the same for all commands: played by those that
   * take seconds.
   */
  List<String> placesOfOutcome() {
    return needsAppliance() ? List.of() : PLACES_OF_OUTCOME;
  }

  /** Every place on the way of a job that ends well, in their order. */
  List<String> places() {
    List<String> places = new ArrayList<>(placesOfJob());
    places.addAll(PLACES_OF_OUTCOME);
    return places;
  }

  /** Those until the transaction that ends the job. */
  List<String> placesOfJob() {
    List<String> places = new ArrayList<>();
    places.add("intake.accept.before-commit");
    places.add("intake.accept.after-commit");
    for (String step : steps()) {
      places.add(place(step + ".before-effect"));
      places.add(place(step + ".after-effect"));
    }
    places.add(place("finish.before-commit"));
    places.add(place("finish.after-commit"));
    return places;
  }

  /** The last place at which a job can still be cancelled. */
  String lastChance() {
    List<String> undone = undone();
    return undone.size() == steps().size()
        ? place("finish.before-commit")
        : place(undone.get(undone.size() - 1) + ".after-effect");
  }

  /** The places of a job that is cancelled at its last chance. */
  List<String> undoPlaces() {
    List<String> places = new ArrayList<>();
    List<String> undone = undone();
    for (int n = undone.size() - 1; n >= 0; n--) {
      if (!undone.get(n).equals("lock")) {
        places.add(place(undone.get(n) + ".before-undo"));
      }
    }
    places.add(place("undone.before-commit"));
    places.add(place("undone.after-commit"));
    return places;
  }

  private List<String> undone() {
    return steps().stream().takeWhile(step -> !FOR_GOOD.contains(place(step))).toList();
  }

  /** A place of this command's jobs, without the word before it. */
  String place(String stepAndMoment) {
    return word + "." + stepAndMoment;
  }

  /** Where a clone's images are, or a job's: both have the job's id. */
  static Path folder(World world, String jobId) {
    return world.lab.images().resolve("clones").resolve(jobId);
  }

  private static void makeClone(World world, String id) {
    String made = id + "-made";
    world.send(Commands.clone(made, world.lab.template(), id, ""));
    Episode.demand(world, made, Set.of("cetak.clone.completed"));
  }

  /**
   * Whether the template of this name has the version that it is to have, behind its barrier.
   *
   * @param state of its only version; empty for none
   */
  private static List<String> judgeVersion(World world, String template, String state) {
    String its = " from template_version where template = '" + template + "'";
    List<String> states = Witness.rows("select state" + its);
    if (!states.equals(state.isEmpty() ? List.of() : List.of(state))) {
      return List.of("I3: the template's versions are %s, not %s".formatted(states, state));
    }
    if (state.equals("SEALED")) {
      Shell.Result up = world.lab.tryBarrier("verify", Witness.rows("select id" + its).get(0));
      return up.ok() ? List.of() : List.of("I5: the barrier has a hole: " + up.output());
    }
    return List.of();
  }

  private static void retire(World world, String template) {
    String sealed =
        "select 1 from template_version where state = 'SEALED' and template = '" + template + "'";
    if (!Witness.rows(sealed).isEmpty()) {
      String over = template + "-over";
      world.send(Commands.version("retire", over, template, 1));
      Episode.demand(world, over, Set.of("cetak.template.retired"));
    }
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
