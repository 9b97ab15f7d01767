package id.cetak.faults;

import id.cetak.faults.Episode.Hit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Which faults strike which commands at which places. */
final class Grid {
  /** Faults that strike all over, and after which a job goes on. */
  private static final List<Fault> EVERYWHERE =
      List.of(
          Fault.KILL_WORKER,
          Fault.TERM_WORKER,
          Fault.KILL_LIBVIRTD,
          Fault.RESTART_LIBVIRTD,
          Fault.KILL_RABBITMQ,
          Fault.RESTART_RABBITMQ,
          Fault.STALL_RABBITMQ,
          Fault.KILL_POSTGRESQL,
          Fault.RESTART_POSTGRESQL,
          Fault.STALL_POSTGRESQL,
          Fault.COMMIT_UNANSWERED,
          Fault.DUPLICATE,
          Fault.MEMORY_ALARM);

  private static final List<Fault> DISKS =
      List.of(Fault.FULL_DISK, Fault.NO_INODES, Fault.READ_ONLY);

  private static final List<Fault> OPERATORS =
      List.of(
          Fault.EDITED_DOMAIN,
          Fault.UNDEFINED_DOMAIN,
          Fault.RENAMED_DOMAIN,
          Fault.STARTED_DOMAIN,
          Fault.DELETED_DISK);

  private Grid() {}

  /** The part that every run of the tests plays: each fault, where it does most. */
  static List<Episode> quick() {
    List<Episode> episodes = new ArrayList<>();
    episodes.add(
        chain(
            Target.CLONE,
            Fault.KILL_WORKER,
            "intake.accept.before-commit",
            "intake.accept.after-commit",
            "clone.disks.after-effect",
            "clone.define.before-effect",
            "clone.define.after-effect",
            "clone.finish.before-commit",
            "clone.finish.after-commit"));
    episodes.add(
        undone(
            Target.CLONE,
            "clone.finish.before-commit",
            "clone.define.before-undo",
            "clone.disks.before-undo",
            "clone.undone.before-commit"));
    episodes.add(Episode.of(Target.START, "clone.start.after-effect", Fault.KILL_WORKER));
    episodes.add(
        chain(
            Target.DELETE,
            Fault.KILL_WORKER,
            "delete.domain.after-effect",
            "delete.files.before-effect",
            "delete.finish.before-commit"));
    episodes.add(
        chain(
            Target.BATCH,
            Fault.KILL_WORKER,
            "clone-batch.spawn.after-effect",
            "clone.define.before-effect",
            "clone-batch.await.after-effect",
            "clone-batch.finish.before-commit"));
    episodes.add(Episode.of(Target.CLONE, "outbox.round.before-publish", Fault.KILL_RABBITMQ));
    episodes.add(Episode.of(Target.CLONE, "outbox.round.after-confirm", Fault.KILL_WORKER));
    episodes.add(Episode.of(Target.CLONE, "outbox.round.before-publish", Fault.CONFIRM_UNANSWERED));
    episodes.add(
        chain(
            Target.CLONE,
            Fault.FREEZE_WORKER,
            "clone.define.after-effect",
            "clone.finish.before-commit"));
    episodes.add(
        chain(
            Target.CLONE,
            Fault.KILL_LIBVIRTD,
            "clone.define.before-effect",
            "clone.verify.before-effect"));
    episodes.add(Episode.of(Target.DELETE, "delete.domain.before-effect", Fault.KILL_LIBVIRTD));
    episodes.add(Episode.of(Target.CLONE, "clone.disks.after-effect", Fault.TERM_WORKER));
    episodes.add(Episode.of(Target.CLONE, "clone.seed.after-effect", Fault.STALL_RABBITMQ));
    episodes.add(Episode.of(Target.CLONE, "clone.define.after-effect", Fault.KILL_POSTGRESQL));
    episodes.add(Episode.of(Target.CLONE, "clone.define.after-effect", Fault.STALL_POSTGRESQL));
    episodes.add(Episode.of(Target.CLONE, "clone.disks.after-effect", Fault.RESTART_LIBVIRTD));
    episodes.add(Episode.of(Target.CLONE, "clone.disks.after-effect", Fault.RESTART_RABBITMQ));
    episodes.add(Episode.of(Target.CLONE, "clone.disks.after-effect", Fault.RESTART_POSTGRESQL));
    episodes.add(
        chain(
            Target.CLONE,
            Fault.COMMIT_UNANSWERED,
            "intake.accept.before-commit",
            "clone.finish.before-commit"));
    episodes.add(
        chain(
            Target.CLONE, Fault.DUPLICATE, "clone.plan.after-effect", "clone.finish.after-commit"));
    episodes.add(Episode.of(Target.CLONE, "clone.finish.before-commit", Fault.MEMORY_ALARM));
    episodes.add(Episode.of(Target.CLONE, "clone.finish.before-commit", Fault.NO_BINDING));
    episodes.add(Episode.of(Target.CLONE, "clone.finish.before-commit", Fault.COMMIT_OVERTAKEN));
    for (Fault fault : DISKS) {
      episodes.add(Episode.of(Target.CLONE, "clone.plan.after-effect", fault));
    }
    for (Fault fault : OPERATORS) {
      episodes.add(Episode.of(Target.CLONE, "clone.define.after-effect", fault));
    }
    for (Fault fault : List.of(Fault.FOREIGN_NAME, Fault.FOREIGN_MAC)) {
      episodes.add(Episode.of(Target.CLONE, "clone.plan.after-effect", fault));
    }
    episodes.add(Episode.of(Target.CLONE, "clone.seed.before-effect", Fault.NEWER_SCHEMA));
    episodes.add(
        new Episode(
            Target.SEAL,
            List.of(
                new Hit("sysprep.overlay.after-effect", Fault.COMPETITOR),
                new Hit("sysprep.sysprep.after-effect", Fault.KILL_WORKER),
                new Hit("sysprep.flatten.after-effect", Fault.KILL_WORKER),
                new Hit("sysprep.barrier.after-effect", Fault.KILL_WORKER),
                new Hit("sysprep.consume.before-effect", Fault.KILL_WORKER),
                new Hit("sysprep.consume.after-effect", Fault.KILL_WORKER),
                new Hit("sysprep.finish.before-commit", Fault.KILL_WORKER))));
    return episodes;
  }

  /** Every command, struck by every fault at every place where it can do something. */
  static List<Episode> all() {
    List<Episode> episodes = new ArrayList<>();
    for (Target target : Target.values()) {
      List<String> places = target.places();
      List<String> onTheWay = places.subList(0, places.size() - 2);
      for (Fault fault : EVERYWHERE) {
        episodes.add(chain(target, fault, onTheWay.toArray(String[]::new)));
        places
            .subList(places.size() - 2, places.size())
            .forEach(place -> episodes.add(Episode.of(target, place, fault)));
      }
      episodes.add(
          chain(
              target,
              Fault.FREEZE_WORKER,
              onTheWay.stream()
                  .filter(place -> !place.startsWith("intake") && !place.endsWith("after-commit"))
                  .toArray(String[]::new)));
      episodes.add(Episode.of(target, "outbox.round.before-publish", Fault.CONFIRM_UNANSWERED));
      String finish = target.place("finish.before-commit");
      Stream.of(Fault.NO_BINDING, Fault.COMMIT_OVERTAKEN)
          .filter(fault -> fault != Fault.COMMIT_OVERTAKEN || target != Target.DELETE)
          .forEach(fault -> episodes.add(Episode.of(target, finish, fault)));
      episodes.add(undone(target, finish, target.undoPlaces().toArray(String[]::new)));
    }
    for (String step : List.of("plan", "disks", "seed", "define")) {
      DISKS.forEach(
          fault ->
              episodes.add(Episode.of(Target.CLONE, "clone." + step + ".after-effect", fault)));
    }
    for (Fault fault : OPERATORS) {
      for (String moment :
          List.of("define.after-effect", "verify.before-effect", "verify.after-effect")) {
        episodes.add(Episode.of(Target.CLONE, "clone." + moment, fault));
      }
    }
    for (String moment : List.of("plan.after-effect", "define.before-effect")) {
      for (Fault fault : List.of(Fault.FOREIGN_NAME, Fault.FOREIGN_MAC)) {
        episodes.add(Episode.of(Target.CLONE, "clone." + moment, fault));
      }
    }
    for (String step : List.of("plan", "disks", "seed", "define")) {
      episodes.add(Episode.of(Target.CLONE, "clone." + step + ".after-effect", Fault.NEWER_SCHEMA));
    }
    episodes.add(Episode.of(Target.SEAL, "sysprep.overlay.after-effect", Fault.COMPETITOR));
    for (String step : List.of("sysprep", "attest", "flatten")) {
      for (Fault fault : List.of(Fault.KILL_IN_TOOL, Fault.KILL_TOOL)) {
        episodes.add(Episode.of(Target.SEAL, "sysprep." + step + ".before-effect", fault));
      }
    }
    return episodes;
  }

  /** Episodes that a seed chooses: a command, and one or two faults at any of its places. */
  static Stream<Episode> soak(long seed) {
    Random random = new Random(seed);
    return Stream.generate(
        () -> {
          int dice = random.nextInt(100);
          Target target = dice < 70 ? Target.CLONE : dice < 88 ? Target.DELETE : Target.BATCH;
          List<String> places = target.places();
          List<Fault> faults = new ArrayList<>(EVERYWHERE);
          faults.add(Fault.CONFIRM_UNANSWERED);
          if (target == Target.CLONE) {
            faults.addAll(DISKS);
          }
          List<Hit> hits = new ArrayList<>();
          int at = -1;
          for (int n = 1 + random.nextInt(2); n > 0 && at < places.size() - 3; n--) {
            at += 1 + random.nextInt(places.size() - 3 - at);
            Fault fault = faults.get(random.nextInt(faults.size()));
            hits.add(new Hit(places.get(at), fault));
            if (!fault.goesOn()) {
              break;
            }
          }
          return new Episode(target, hits);
        });
  }

  private static Episode chain(Target target, Fault fault, String... places) {
    return new Episode(target, Stream.of(places).map(place -> new Hit(place, fault)).toList());
  }

  /** Cancelled at a place, and killed at each of the places where it is undone. */
  private static Episode undone(Target target, String cancelledAt, String... places) {
    List<Hit> hits = new ArrayList<>(List.of(new Hit(cancelledAt, Fault.CANCEL_AND_KILL)));
    Stream.of(places).forEach(place -> hits.add(new Hit(place, Fault.KILL_WORKER)));
    return new Episode(target, hits);
  }
}
