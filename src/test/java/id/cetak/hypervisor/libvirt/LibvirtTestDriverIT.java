package id.cetak.hypervisor.libvirt;

import id.cetak.hypervisor.Hypervisor;
import id.cetak.hypervisor.HypervisorContract;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.libvirt.Connect;

/** The contract on {@code test:///default}: libvirt's client library, no libvirtd, no QEMU. */
@EnabledIfEnvironmentVariable(named = "CETAK_TEST_LAB", matches = "1")
class LibvirtTestDriverIT extends HypervisorContract {
  private static final String URI = "test:///default";

  private static final LibvirtHypervisor HYPERVISOR =
      new LibvirtHypervisor(URI, 2, Duration.ofSeconds(1));

  @AfterAll
  static void close() {
    HYPERVISOR.close();
  }

  @Override
  protected Hypervisor hypervisor() {
    return HYPERVISOR;
  }

  @Override
  protected String xml(String name, UUID uuid) {
    return """
        <domain type='test'>
          <name>%s</name><uuid>%s</uuid><memory unit='MiB'>32</memory><os><type>hvm</type></os>
        </domain>"""
        .formatted(name, uuid);
  }

  @Override
  protected String network() {
    return "default";
  }

  @Override
  protected void burden(UUID uuid) throws Exception {
    // The driver's state is this process's: every connection sees the same domains.
    Burden.on(new Connect(URI), uuid);
  }
}
