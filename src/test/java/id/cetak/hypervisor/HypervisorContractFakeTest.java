package id.cetak.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import id.cetak.failure.Failure;
import id.cetak.failure.FailureCode;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HypervisorContractFakeTest extends HypervisorContract {
  private final FakeHypervisor fake = new FakeHypervisor();

  @Override
  protected Hypervisor hypervisor() {
    return fake;
  }

  @Override
  protected String xml(String name, UUID uuid) {
    return "<domain type='test'><name>%s</name><uuid>%s</uuid></domain>".formatted(name, uuid);
  }

  @Override
  protected String network() {
    return "default";
  }

  @Override
  protected void burden(UUID uuid) {
    fake.record(uuid, new DomainRecords(true, true, 1, 0));
  }

  @Test
  void it_writes_down_every_call() {
    fake.find("nobody");
    fake.destroy(uuid());

    assertThat(fake.calls()).containsExactly("find", "destroy");
  }

  @Test
  void it_fails_once_before_or_after_the_effect() {
    fake.failBefore("define", new Failure(FailureCode.HYPERVISOR_UNAVAILABLE, "gone"));
    assertFails(this::define, FailureCode.HYPERVISOR_UNAVAILABLE, "gone");
    assertThat(fake.find(uuid())).isEmpty();

    fake.failAfter("define", new Failure(FailureCode.OUTCOME_UNKNOWN, "who knows"));
    assertFails(this::define, FailureCode.OUTCOME_UNKNOWN, "who knows");
    assertThat(fake.find(uuid())).isPresent();

    define();
  }

  @Test
  void its_hook_refuses_a_start_and_a_trial_start() {
    fake.refuseStarts(xml -> xml.contains(name()) ? "sealed" : null);
    define();

    assertFails(() -> fake.start(uuid()), FailureCode.HYPERVISOR_REFUSED, "sealed");
    assertThat(fake.refusalToStart(xml(name(), uuid()))).contains("sealed");
    assertThat(fake.refusalToStart(xml("another", UUID.randomUUID()))).isEmpty();
  }
}
