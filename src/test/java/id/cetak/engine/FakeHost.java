package id.cetak.engine;

import id.cetak.hypervisor.Barrier;
import id.cetak.hypervisor.FakeBarrier;
import id.cetak.hypervisor.FakeGuestAgent;
import id.cetak.hypervisor.FakeGuestIdentities;
import id.cetak.hypervisor.FakeGuestTools;
import id.cetak.hypervisor.FakeHypervisor;
import id.cetak.hypervisor.FakeImages;
import id.cetak.hypervisor.GuestAgent;
import id.cetak.hypervisor.GuestIdentities;
import id.cetak.hypervisor.GuestTools;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.Images;
import id.cetak.lab.Scratch;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Produces;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** A host in memory under the real engine, the real RabbitMQ and the real PostgreSQL. */
@ApplicationScoped
public class FakeHost {
  public static final Path DIRECTORY = Scratch.own("cetak-fake-host");
  public static final FakeHypervisor HYPERVISOR = new FakeHypervisor();
  public static final FakeImages IMAGES = new FakeImages();
  public static final FakeGuestTools GUESTS = new FakeGuestTools();
  public static final FakeGuestAgent AGENT = new FakeGuestAgent();
  public static final FakeGuestIdentities IDENTITIES = new FakeGuestIdentities();
  public static final FakeBarrier BARRIER = new FakeBarrier(DIRECTORY.resolve("sealed"));
  public static final Overlaps OVERLAPS = new Overlaps(IMAGES);

  /** Defines a VM that is off, with a small disk. */
  public static void golden(String name) {
    Path disk = DIRECTORY.resolve("vms").resolve(name + ".qcow2");
    IMAGES.put(disk, "qcow2", 1 << 30, 1 << 20);
    HYPERVISOR.define(
        """
        <domain type='qemu'><name>%s</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
          <os><type arch='x86_64' machine='pc'>hvm</type></os>
          <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
            <source file='%s'/><target dev='vda' bus='virtio'/></disk>
            <interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface></devices>
        </domain>
        """
            .formatted(name, disk));
  }

  @Produces
  @Alternative
  @Priority(1)
  @ApplicationScoped
  Hypervisor hypervisor() {
    return HYPERVISOR;
  }

  @Produces
  @Alternative
  @Priority(1)
  @ApplicationScoped
  Images images() {
    return OVERLAPS;
  }

  @Produces
  @Alternative
  @Priority(1)
  @ApplicationScoped
  GuestTools guests() {
    return GUESTS;
  }

  @Produces
  @Alternative
  @Priority(1)
  @ApplicationScoped
  GuestAgent agent() {
    return AGENT;
  }

  @Produces
  @Alternative
  @Priority(1)
  @ApplicationScoped
  GuestIdentities identities() {
    return IDENTITIES;
  }

  @Produces
  @Alternative
  @Priority(1)
  @ApplicationScoped
  Barrier barrier() {
    return BARRIER;
  }

  /** The next cleaning of a guest goes on until it is let go, or told to stop. */
  static CountDownLatch holdSysprep() {
    CountDownLatch go = new CountDownLatch(1);
    GUESTS.duringSysprep(
        stop -> {
          while (go.getCount() > 0) {
            stop.check();
            LockSupport.parkNanos(20_000_000);
          }
        });
    return go;
  }
}
