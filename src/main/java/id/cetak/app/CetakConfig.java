package id.cetak.app;

import io.quarkus.runtime.annotations.StaticInitSafe;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Everything that can be set, under the prefix {@code cetak}; as environment variables {@code
 * CETAK_HOST}, {@code CETAK_RUN_SLOTS} and so on.
 */
@StaticInitSafe // the prefetch of the messaging channels is read that early
@ConfigMapping(prefix = "cetak")
public interface CetakConfig {
  /**
   * The name of this hypervisor in queues, rows and events: one DNS label. Two workers with one
   * name share the work of one host; a worker renamed leaves its jobs behind.
   */
  String host();

  /**
   * Whether a worker compares its host with the database when it starts, and mends what leaves no
   * doubt.
   */
  @WithDefault("true")
  boolean reconcileAtStart();

  Libvirt libvirt();

  Images images();

  @WithName("import")
  ImportSettings imports();

  BarrierSettings barrier();

  Tools tools();

  RunSettings run();

  VerifySettings verify();

  Intake intake();

  Outbox outbox();

  BrokerSettings broker();

  /** By AMQP user, what it may ask for. With none of them, everybody may ask for everything. */
  Map<String, ProducerSettings> producers();

  interface Libvirt {
    /** The libvirt connection. */
    @WithDefault("qemu:///system")
    String uri();

    /**
     * Connections for calls that change something, opened when the worker starts. One for each run
     * slot is enough, as a job makes one call at a time; definitions gain nothing beyond one for
     * each core. Too few and starts wait for one another, too many and libvirtd, which has 20
     * threads, serves others late.
     */
    @WithDefault("4")
    int connections();

    /**
     * How often an idle connection is probed; a dead libvirtd is noticed after about four of these.
     * Too short costs CPU, too long leaves calls hanging.
     */
    @WithDefault("5s")
    Duration keepalive();
  }

  interface Images {
    /**
     * Holds {@code sealed}, {@code clones} and {@code work}, on one file system that has an
     * immutable flag.
     */
    @WithDefault("/var/lib/cetak/images")
    Path directory();

    /** Bytes that stay free on that file system, so that running guests can go on writing. */
    @WithDefault("1073741824")
    long reserveBytes();

    /**
     * What all full copies together may write in a second; unlimited when it is not set. Too low
     * makes full clones wait, too high leaves running guests a slow disk.
     */
    OptionalLong copyBytesPerSecond();
  }

  interface BarrierSettings {
    /**
     * The small root program and its prefix words, such as {@code
     * sudo,-n,/usr/local/sbin/cetak-barrier}; not used when there is a socket.
     */
    @WithDefault("cetak-barrier")
    List<String> command();

    /** Where the root program is asked instead, by a worker that may not become root. */
    Optional<Path> socket();

    /** Layers (MODE, IMMUTABLE, HOOK) that an operator accepts to be missing on this host. */
    @WithDefault("")
    Optional<Set<id.cetak.hypervisor.Barrier.Layer>> waived();

    /** How often the canary proves the layers again, beyond the proof at start. */
    @WithDefault("10m")
    Duration proofInterval();

    /**
     * How often each sealed image is read in full and compared with its digest. Reading costs about
     * 1.5 s per GiB.
     */
    @WithDefault("24h")
    Duration digestInterval();

    /**
     * How often each layer of each sealed version is tried for real; zero for never. A drill reads
     * the version's images in full. Too rare and a layer that is gone is noticed late.
     */
    @WithDefault("24h")
    Duration drillEvery();
  }

  interface Tools {
    @WithDefault("qemu-img")
    String qemuImg();

    @WithDefault("virt-sysprep")
    String virtSysprep();

    @WithDefault("guestfish")
    String guestfish();

    /**
     * A copy or sysprep that takes longer is ended and counted as failed. Too short fails big
     * images on slow disks.
     */
    @WithDefault("1h")
    Duration timeout();

    /**
     * How many libguestfs appliances run at once; each takes about a core and 1 GiB while it runs.
     */
    @WithDefault("1")
    int appliances();
  }

  interface RunSettings {
    /**
     * Single jobs that run at once on this worker, and as many clones of batches beside them. Too
     * few leaves the disk idle, too many makes every clone slow.
     */
    @WithDefault("4")
    int slots();

    /**
     * Guests that boot at once. Too few and a class waits long for its VMs, too many and each of
     * them boots as slowly as all together.
     */
    @WithDefault("4")
    int maxConcurrentStarts();

    /** How long a guest counts as booting after its start; zero for the time of the call alone. */
    @WithDefault("2s")
    Duration startSettle();

    /**
     * How long a job stays with a worker that is not heard of. Too short and a slow database makes
     * workers lose their jobs; too long and a crash is noticed late.
     */
    @WithDefault("30s")
    Duration lease();

    /** How often a worker looks for due jobs when nothing wakes it. */
    @WithDefault("1s")
    Duration poll();

    /** Attempts that may fail before a job does; lock waits and lack of space do not count. */
    @WithDefault("8")
    int maxFailures();

    /**
     * The pause after the first failed attempt; doubled each time, up to a hundred times as long,
     * with jitter.
     */
    @WithDefault("2s")
    Duration retryDelay();

    /** The pause before a job that found no space looks again. */
    @WithDefault("5m")
    Duration exhaustedDelay();

    /** A job that gives no deadline of its own ends by then. */
    @WithDefault("24h")
    Duration deadline();
  }

  interface VerifySettings {
    /**
     * How long a guest has, from the first question on, to say who it is. Too short and slow guests
     * count as silent: cloud-init takes a minute without KVM. Too long and a silent one is told of
     * late; it costs a look every few seconds meanwhile.
     */
    @WithDefault("10m")
    @WithName("wait")
    Duration patience();
  }

  interface Intake {
    /**
     * How long a delivery may wait un-acknowledged for a free run slot before it is accepted
     * anyway. RabbitMQ takes a delivery back after 30 minutes, so this must stay well below.
     */
    @WithDefault("5m")
    Duration maxHold();

    /**
     * Deliveries that each command queue hands to this worker before it acknowledges one. Half of
     * them can share a commit while the other half is on its way: fewer make intake wait for the
     * network and the disk, and more lie with a busy worker while an idle one has none. With this
     * many, intake was measured at about half to two thirds of the database's commit rate; 200 gave
     * some tenth more.
     */
    @WithDefault("64")
    int prefetch();

    /** Larger bodies are refused; the contract says 256 KiB. */
    @WithDefault("262144")
    int maxBodyBytes();
  }

  interface Outbox {
    /**
     * How often the relay looks for unsent messages when nothing wakes it. What this worker stores
     * wakes it at once, so this is only for what a worker left behind that died, and for messages
     * that no queue took. Too short costs the database, too long makes such events late.
     */
    @WithDefault("5s")
    Duration poll();

    /**
     * Messages per round of confirms. Too few and the database's commits bound the rate; too many
     * and a crash publishes as many twice.
     */
    @WithDefault("250")
    int batch();

    /**
     * How long the broker has to confirm a round; 15 s at most. PostgreSQL ends a transaction in
     * which nothing happens for 40 s, so that a worker that stands still does not keep the relay's
     * lock.
     */
    @WithDefault("10s")
    Duration confirmTimeout();

    /** How long sent messages are kept, so that a repeated command can be answered again. */
    @WithDefault("30d")
    Duration retention();
  }
}
