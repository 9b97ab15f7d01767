package id.cetak.faults;

import id.cetak.faults.Episode.Hit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** Which faults strike which commands at which places. */
final class Grid {
  /** Faults that strike all over, and after which a job goes on. */
  private static final List<Fault> EVERYWHERE =
      List.of(
          WorkerFault.KILL_WORKER,
          WorkerFault.TERM_WORKER,
          ServiceFault.KILL_LIBVIRTD,
          ServiceFault.RESTART_LIBVIRTD,
          ServiceFault.KILL_RABBITMQ,
          ServiceFault.RESTART_RABBITMQ,
          ServiceFault.STALL_RABBITMQ,
          ServiceFault.KILL_POSTGRESQL,
          ServiceFault.RESTART_POSTGRESQL,
          ServiceFault.STALL_POSTGRESQL,
          ServiceFault.COMMIT_UNANSWERED,
          WorkerFault.DUPLICATE,
          ServiceFault.MEMORY_ALARM);

  private static final List<Fault> DISKS =
      List.of(HostFault.FULL_DISK, HostFault.NO_INODES, HostFault.READ_ONLY);

  private static final List<Fault> OPERATORS =
      List.of(
          HostFault.EDITED_DOMAIN,
          HostFault.UNDEFINED_DOMAIN,
          HostFault.RENAMED_DOMAIN,
          HostFault.STARTED_DOMAIN,
          HostFault.DELETED_DISK);

  private static final Set<Fault> TAKEN_AWAY =
      Set.of(HostFault.UNDEFINED_DOMAIN, HostFault.DELETED_DISK);

  private Grid() {}

  /** The part that every run of the tests plays: each fault, where it does most. */
  static List<Episode> quick() {
    List<Episode> episodes = new ArrayList<>();
    episodes.add(
        chain(
            Target.CLONE,
            WorkerFault.KILL_WORKER,
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
    episodes.add(
        undone(
            Target.DELETE,
            "delete.plan.after-effect",
            "delete.plan.before-undo",
            "delete.undone.before-commit"));
    episodes.add(Episode.of(Target.START, "clone.start.after-effect", WorkerFault.KILL_WORKER));
    episodes.add(
        chain(
            Target.DELETE,
            WorkerFault.KILL_WORKER,
            "delete.domain.after-effect",
            "delete.files.before-effect",
            "delete.finish.before-commit"));
    episodes.add(
        chain(
            Target.BATCH,
            WorkerFault.KILL_WORKER,
            "clone-batch.spawn.after-effect",
            "clone.define.before-effect",
            "clone-batch.await.after-effect",
            "clone-batch.finish.before-commit"));
    episodes.add(
        Episode.of(Target.CLONE, "outbox.round.before-publish", ServiceFault.KILL_RABBITMQ));
    episodes.add(Episode.of(Target.CLONE, "outbox.round.after-confirm", WorkerFault.KILL_WORKER));
    episodes.add(
        Episode.of(Target.CLONE, "outbox.round.before-publish", ServiceFault.CONFIRM_UNANSWERED));
    episodes.add(Episode.of(Target.CLONE, "outbox.round.before-publish", ServiceFault.EVENT_LOST));
    episodes.add(
        chain(
            Target.CLONE,
            WorkerFault.FREEZE_WORKER,
            "clone.define.after-effect",
            "clone.finish.before-commit"));
    episodes.add(
        Episode.of(Target.CLONE, "outbox.round.before-publish", WorkerFault.FREEZE_TO_THE_END));
    episodes.add(
        Episode.of(Target.CLONE, "clone.lock.before-effect", WorkerFault.FREEZE_TO_THE_END));
    episodes.add(
        chain(
            Target.CLONE,
            ServiceFault.KILL_LIBVIRTD,
            "clone.define.before-effect",
            "clone.verify.before-effect"));
    episodes.add(
        Episode.of(Target.DELETE, "delete.domain.before-effect", ServiceFault.KILL_LIBVIRTD));
    episodes.add(Episode.of(Target.CLONE, "clone.disks.after-effect", WorkerFault.TERM_WORKER));
    episodes.add(Episode.of(Target.CLONE, "clone.seed.after-effect", ServiceFault.STALL_RABBITMQ));
    episodes.add(
        Episode.of(Target.CLONE, "clone.define.after-effect", ServiceFault.KILL_POSTGRESQL));
    episodes.add(
        Episode.of(Target.CLONE, "clone.define.after-effect", ServiceFault.STALL_POSTGRESQL));
    episodes.add(
        Episode.of(Target.CLONE, "clone.disks.after-effect", ServiceFault.RESTART_LIBVIRTD));
    episodes.add(
        Episode.of(Target.CLONE, "clone.disks.after-effect", ServiceFault.RESTART_RABBITMQ));
    episodes.add(
        Episode.of(Target.CLONE, "clone.disks.after-effect", ServiceFault.RESTART_POSTGRESQL));
    episodes.add(
        chain(
            Target.CLONE,
            ServiceFault.COMMIT_UNANSWERED,
            "intake.accept.before-commit",
            "clone.finish.before-commit"));
    episodes.add(
        chain(
            Target.CLONE,
            WorkerFault.DUPLICATE,
            "clone.plan.after-effect",
            "clone.finish.after-commit"));
    episodes.add(Episode.of(Target.CLONE, "clone.finish.before-commit", ServiceFault.MEMORY_ALARM));
    episodes.add(Episode.of(Target.CLONE, "clone.finish.before-commit", ServiceFault.NO_BINDING));
    episodes.add(
        Episode.of(Target.CLONE, "clone.finish.before-commit", ServiceFault.COMMIT_OVERTAKEN));
    for (Fault fault : DISKS) {
      episodes.add(Episode.of(Target.CLONE, "clone.plan.after-effect", fault));
    }
    for (Fault fault : OPERATORS) {
      episodes.add(Episode.of(Target.CLONE, "clone.define.after-effect", fault));
    }
    for (Fault fault : List.of(HostFault.FOREIGN_NAME, HostFault.FOREIGN_MAC)) {
      episodes.add(Episode.of(Target.CLONE, "clone.plan.after-effect", fault));
    }
    episodes.add(Episode.of(Target.CLONE, "clone.seed.before-effect", ServiceFault.NEWER_SCHEMA));
    episodes.add(
        new Episode(
            Target.SEAL,
            List.of(
                new Hit("sysprep.overlay.after-effect", WorkerFault.COMPETITOR),
                new Hit("sysprep.sysprep.after-effect", WorkerFault.KILL_WORKER),
                new Hit("sysprep.flatten.after-effect", WorkerFault.KILL_WORKER),
                new Hit("sysprep.barrier.after-effect", WorkerFault.KILL_WORKER),
                new Hit("sysprep.consume.before-effect", WorkerFault.KILL_WORKER),
                new Hit("sysprep.consume.after-effect", WorkerFault.KILL_WORKER),
                new Hit("sysprep.finish.before-commit", WorkerFault.KILL_WORKER))));
    return episodes;
  }

  /** Every command, struck by every fault at every place where it can do something. */
  static List<Episode> all() {
    List<Episode> episodes = new ArrayList<>();
    for (Target target : Target.values()) {
      List<String> ofJob = target.placesOfJob();
      List<String> ofOutcome = target.placesOfOutcome();
      for (Fault fault : EVERYWHERE) {
        episodes.add(chain(target, fault, ofJob.toArray(String[]::new)));
        ofOutcome.forEach(place -> episodes.add(Episode.of(target, place, fault)));
      }
      episodes.add(
          chain(
              target,
              WorkerFault.FREEZE_WORKER,
              ofJob.stream()
                  .filter(place -> !place.startsWith("intake") && !place.endsWith("after-commit"))
                  .toArray(String[]::new)));
      ofOutcome.stream()
          .filter(place -> place.endsWith("before-publish"))
          .flatMap(
              place ->
                  Stream.of(ServiceFault.CONFIRM_UNANSWERED, ServiceFault.EVENT_LOST)
                      .map(fault -> Episode.of(target, place, fault)))
          .forEach(episodes::add);
      Stream.concat(ofJob.stream(), ofOutcome.stream())
          .filter(place -> !place.endsWith("after-commit") && !place.endsWith("after-confirm"))
          .forEach(place -> episodes.add(Episode.of(target, place, WorkerFault.FREEZE_TO_THE_END)));
      String finish = target.place("finish.before-commit");
      Stream.of(ServiceFault.NO_BINDING, ServiceFault.COMMIT_OVERTAKEN)
          .filter(fault -> fault != ServiceFault.COMMIT_OVERTAKEN || target.locks())
          .forEach(fault -> episodes.add(Episode.of(target, finish, fault)));
      episodes.add(undone(target, target.lastChance(), target.undoPlaces().toArray(String[]::new)));
    }
    for (String step : List.of("plan", "disks", "seed", "define")) {
      DISKS.forEach(
          fault ->
              episodes.add(Episode.of(Target.CLONE, "clone." + step + ".after-effect", fault)));
    }
    for (Fault fault : OPERATORS) {
      for (String moment :
          List.of("define.after-effect", "verify.before-effect", "verify.after-effect")) {
        // What is taken away once it was read back is a clone that was removed by hand.
        if (!moment.equals("verify.after-effect") || !TAKEN_AWAY.contains(fault)) {
          episodes.add(Episode.of(Target.CLONE, "clone." + moment, fault));
        }
      }
    }
    for (String moment : List.of("plan.after-effect", "define.before-effect")) {
      for (Fault fault : List.of(HostFault.FOREIGN_NAME, HostFault.FOREIGN_MAC)) {
        episodes.add(Episode.of(Target.CLONE, "clone." + moment, fault));
      }
    }
    for (String step : List.of("plan", "disks", "seed", "define")) {
      episodes.add(
          Episode.of(Target.CLONE, "clone." + step + ".after-effect", ServiceFault.NEWER_SCHEMA));
    }
    episodes.add(Episode.of(Target.SEAL, "sysprep.overlay.after-effect", WorkerFault.COMPETITOR));
    for (String moment :
        List.of("flatten.after-effect", "barrier.after-effect", "consume.before-effect")) {
      for (Fault fault :
          List.of(HostFault.STARTED_SOURCE, HostFault.RUNNING_SOURCE, HostFault.MOVED_SOURCE)) {
        episodes.add(Episode.of(Target.SEAL, "sysprep." + moment, fault));
      }
    }
    for (String step : List.of("sysprep", "attest", "flatten")) {
      for (Fault fault : List.of(WorkerFault.KILL_IN_TOOL, WorkerFault.KILL_TOOL)) {
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
          faults.add(ServiceFault.CONFIRM_UNANSWERED);
          if (target == Target.CLONE) {
            faults.addAll(DISKS);
          }
          List<Hit> hits = new ArrayList<>();
          int at = -1;
          for (int n = 1 + random.nextInt(2); n > 0 && at < places.size() - 3; n--) {
            at += 1 + random.nextInt(places.size() - 3 - at);
            Fault fault = faults.get(random.nextInt(faults.size()));
            hits.add(new Hit(places.get(at), fault));
            if (fault.ending() != Fault.Ending.WELL) {
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
    List<Hit> hits = new ArrayList<>(List.of(new Hit(cancelledAt, WorkerFault.CANCEL_AND_KILL)));
    Stream.of(places).forEach(place -> hits.add(new Hit(place, WorkerFault.KILL_WORKER)));
    return new Episode(target, hits);
  }
}
