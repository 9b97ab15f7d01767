package id.cetak.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.failure.Failure;
import id.cetak.hypervisor.Domain;
import id.cetak.hypervisor.PowerState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class MacLedgerTest {
  private static final UUID A = new UUID(1, 1);
  private static final UUID B = new UUID(1, 2);

  private final MemoryReservations reservations = new MemoryReservations();
  private final SettableClock clock = new SettableClock();
  private int looks;

  @Test
  void an_address_is_unicast_and_locally_administered() {
    assertThat(ledger(new Random(1)).allocate(A, 3, this::noDomains))
        .hasSize(3)
        .doesNotHaveDuplicates()
        .allMatch(mac -> mac.matches("52:54:00(:[0-9a-f]{2}){3}"));
  }

  @Test
  void the_same_clone_gets_the_same_addresses_again() {
    List<String> first = ledger(new Random(1)).allocate(A, 2, this::noDomains);
    assertThat(ledger(new Random(2)).allocate(A, 2, this::noDomains)).isEqualTo(first);
    assertThat(reservations.size()).isEqualTo(2);
  }

  @Test
  void five_thousand_interfaces_share_no_address() {
    var ledger = ledger(new Random(42));
    var all = new HashSet<String>();
    for (int clone = 0; clone < 5000; clone++) {
      all.addAll(ledger.allocate(new UUID(2, clone), 1, this::noDomains));
    }
    assertThat(all).hasSize(5000);
  }

  @Test
  void an_address_that_another_clone_has_is_drawn_again() {
    assertThat(ledger(draws(7)).allocate(A, 1, this::noDomains))
        .containsExactly("52:54:00:00:00:07");
    assertThat(ledger(draws(7, 7, 8)).allocate(B, 1, this::noDomains))
        .containsExactly("52:54:00:00:00:08");
  }

  @Test
  void an_address_of_a_domain_on_the_host_is_drawn_again() {
    assertThat(
            ledger(draws(7, 8))
                .allocate(A, 1, () -> List.of(domain(new UUID(9, 9), "52:54:00:00:00:07"))))
        .containsExactly("52:54:00:00:00:08");
  }

  @Test
  void spelling_hides_no_address() {
    assertThat(
            ledger(draws(0xabcdef, 8))
                .allocate(A, 1, () -> List.of(domain(new UUID(9, 9), "52:54:00:AB:CD:EF"))))
        .containsExactly("52:54:00:00:00:08");
  }

  @Test
  void the_clones_own_domain_does_not_take_its_address_away() {
    ledger(draws(7)).allocate(A, 1, this::noDomains);
    assertThat(ledger(draws(8)).allocate(A, 1, () -> List.of(domain(A, "52:54:00:00:00:07"))))
        .containsExactly("52:54:00:00:00:07");
  }

  @Test
  void a_reserved_address_that_a_domain_took_meanwhile_is_replaced() {
    ledger(draws(7)).allocate(A, 1, this::noDomains);
    assertThat(
            ledger(draws(8))
                .allocate(A, 1, () -> List.of(domain(new UUID(9, 9), "52:54:00:00:00:07"))))
        .containsExactly("52:54:00:00:00:08");
    assertThat(reservations.size()).isEqualTo(1);
  }

  @Test
  void an_interface_that_is_gone_gives_its_address_back() {
    ledger(new Random(1)).allocate(A, 3, this::noDomains);
    ledger(new Random(1)).allocate(A, 1, this::noDomains);
    assertThat(reservations.of(A)).containsOnlyKeys(0);
  }

  @Test
  void the_host_is_looked_at_once_a_minute_and_not_for_each_clone() {
    var ledger = ledger(new Random(1));
    ledger.allocate(A, 1, this::noDomains);
    ledger.allocate(B, 1, this::noDomains);
    assertThat(looks).isEqualTo(1);
    clock.now = clock.now.plus(Duration.ofSeconds(61));
    ledger.allocate(new UUID(3, 3), 1, this::noDomains);
    assertThat(looks).isEqualTo(2);
  }

  @Test
  void a_fleet_without_a_free_address_is_said_so_and_not_searched_for_ever() {
    ledger(draws(7)).allocate(A, 1, this::noDomains);
    assertThatThrownBy(() -> ledger(draws(7)).allocate(B, 1, this::noDomains))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("no free MAC address");
  }

  private MacLedger ledger(RandomGenerator random) {
    return new MacLedger(reservations, random, clock);
  }

  private List<Domain> noDomains() {
    looks++;
    return List.of();
  }

  /** Draws these numbers in turn, and the last one for ever. */
  private static RandomGenerator draws(int... numbers) {
    var left = new ArrayList<Integer>();
    for (int number : numbers) {
      left.add(number);
    }
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException();
      }

      @Override
      public int nextInt(int bound) {
        return left.size() > 1 ? left.remove(0) : left.get(0);
      }
    };
  }

  private static Domain domain(UUID uuid, String mac) {
    String xml =
        "<domain><devices><interface><mac address='" + mac + "'/></interface></devices></domain>";
    return new Domain("other", uuid, PowerState.OFF, xml, true, false, false, 0, 0);
  }

  private static final class SettableClock extends Clock {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
