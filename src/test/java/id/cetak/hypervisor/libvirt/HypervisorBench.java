package id.cetak.hypervisor.libvirt;

import id.cetak.hypervisor.DomainXml;
import id.cetak.hypervisor.Hypervisor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.libvirt.LibvirtException;
import org.libvirt.jna.DomainPointer;

/**
 * What the port's verbs cost, each against one bare definition over a warm connection, with few and
 * with many domains on the host. All are measured in turns, so that a busy machine slows all alike.
 *
 * <pre>HypervisorBench qemu:///system 10 500 2000</pre>
 */
final class HypervisorBench {
  private static final int ROUNDS = 60;
  private static final String FLOOR = "bare define";
  private static final String NETWORK = "bench";

  private final Link link;
  private final LibvirtHypervisor libvirt;
  private final Hypervisor port;
  private final Map<String, double[]> micros = new LinkedHashMap<>();
  private final String type;
  private int fillers;

  private HypervisorBench(String uri) throws Exception {
    type = uri.startsWith("test:") ? "test" : "qemu";
    link = Link.open(uri, Duration.ofSeconds(5), () -> {});
    link.enter();
    libvirt = new LibvirtHypervisor(uri, 4, Duration.ofSeconds(5));
    link.connect().networkDefineXML("<network><name>%s</name></network>".formatted(NETWORK)).free();
    libvirt.warm();
    port = new GuardedHypervisor(libvirt);
  }

  public static void main(String[] arguments) throws Exception {
    var bench = new HypervisorBench(arguments[0]);
    for (int i = 1; i < arguments.length; i++) {
      bench.fill(Integer.parseInt(arguments[i]));
      bench.measure();
      bench.print(arguments[i]);
    }
    bench.empty();
    System.exit(0);
  }

  private void measure() throws Exception {
    micros.clear();
    List<UUID> made = new ArrayList<>();
    for (int round = -ROUNDS / 2; round < ROUNDS; round++) {
      UUID bare = UUID.randomUUID();
      UUID clone = UUID.randomUUID();
      UUID ours = UUID.randomUUID();
      made.addAll(List.of(bare, clone, ours));
      time(round, FLOOR, () -> defineBare(bare));
      time(round, "exists", () -> port.exists(bare));
      time(round, "find", () -> seen(port.find(bare).isPresent()));
      time(round, "holder of a free name", () -> port.holder("nobody"));
      time(round, "networkExists", () -> seen(port.networkExists(NETWORK)));
      time(round, "macInUse", () -> port.macInUse("52:54:00:00:00:01", ours));
      time(round, "DomainXml.parse and text", () -> DomainXml.parse(xml(ours)).text());
      time(round, "a clone's calls", () -> cloneCalls(clone));
      time(round, "define", () -> port.define(xml(ours)));
      if (round % 20 == 0) {
        time(round, "domains", port::domains);
      }
    }
    made.forEach(libvirt::undefine);
  }

  /** What the steps of a clone ask of libvirt, from the plan to the proof. */
  private void cloneCalls(UUID uuid) {
    port.holder(uuid.toString());
    port.macInUse("52:54:00:00:00:01", uuid);
    port.networkExists(NETWORK);
    port.exists(uuid);
    port.define(xml(uuid));
    seen(port.find(uuid).isPresent());
  }

  private void time(int round, String what, Act act) throws Exception {
    long began = System.nanoTime();
    act.run();
    double took = (System.nanoTime() - began) / 1e3;
    if (round >= 0) {
      micros.merge(what, new double[] {took}, HypervisorBench::joined);
    }
  }

  private void print(String domains) {
    micros
        .keySet()
        .forEach(
            what ->
                System.out.printf(
                    "%5s domains  %-24s median %8.0f us = %6.2f bare defines, best %8.0f us = %6.2f%n",
                    domains,
                    what,
                    quantile(what, 2),
                    quantile(what, 2) / quantile(FLOOR, 2),
                    quantile(what, ROUNDS),
                    quantile(what, ROUNDS) / quantile(FLOOR, ROUNDS)));
  }

  /** The n-th part from below: 2 gives the median, a large number the best. */
  private double quantile(String what, int part) {
    double[] sorted = Objects.requireNonNull(micros.get(what)).clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / part];
  }

  private static double[] joined(double[] some, double[] more) {
    double[] all = Arrays.copyOf(some, some.length + more.length);
    System.arraycopy(more, 0, all, some.length, more.length);
    return all;
  }

  private void fill(int domains) {
    for (; fillers < domains; fillers++) {
      defineBare(new UUID(77, fillers));
    }
  }

  private void empty() throws LibvirtException {
    link.connect().networkLookupByName(NETWORK).undefine();
    for (; fillers > 0; fillers--) {
      libvirt.undefine(new UUID(77, fillers - 1));
    }
  }

  private void defineBare(UUID uuid) {
    DomainPointer domain =
        NativeLibvirt.get().virDomainDefineXMLFlags(link.pointer(), xml(uuid), 0);
    if (domain == null) {
      throw new IllegalStateException("not defined");
    }
    NativeLibvirt.get().virDomainFree(domain);
  }

  private static void seen(boolean present) {
    if (!present) {
      throw new IllegalStateException("a domain that was defined is not there");
    }
  }

  private String xml(UUID uuid) {
    String devices =
        type.equals("test")
            ? ""
            : """
              <emulator>/usr/bin/qemu-system-x86_64</emulator>
              <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
                <source file='/var/lib/libvirt/images/%s.qcow2'/><target dev='vda' bus='virtio'/></disk>
              <disk type='file' device='cdrom'><driver name='qemu' type='raw'/>
                <source file='/var/lib/libvirt/images/%s.iso'/><target dev='sda' bus='sata'/><readonly/></disk>
              <interface type='user'><model type='virtio'/></interface><console type='pty'/>
              <graphics type='vnc' autoport='yes'/><video><model type='vga'/></video>"""
                .formatted(uuid, uuid);
    return """
        <domain type='%s'><name>%s</name><uuid>%s</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
        <os><type arch='x86_64'>hvm</type></os><devices>%s</devices></domain>"""
        .formatted(type, uuid, uuid, devices);
  }

  private interface Act {
    void run() throws Exception;
  }
}
