package id.cetak.hypervisor;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Guests whose agents say what a test says. */
public final class FakeGuestAgent implements GuestAgent {
  private final Map<UUID, SelfReport> reports = new ConcurrentHashMap<>();

  /** From now on the guest of this domain answers. */
  public void answer(UUID domain, SelfReport report) {
    reports.put(domain, report);
  }

  @Override
  public Optional<SelfReport> ask(UUID domain) {
    return Optional.ofNullable(reports.get(domain));
  }
}
