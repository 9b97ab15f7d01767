package id.cetak.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import id.cetak.failure.Failure;
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
  private int looks;

  @Test
  void an_address_is_unicast_and_locally_administered() {
    assertThat(ledger(new Random(1)).allocate(A, 3, this::noDomain))
        .hasSize(3)
        .doesNotHaveDuplicates()
        .allMatch(mac -> mac.matches("52:54:00(:[0-9a-f]{2}){3}"));
  }

  @Test
  void the_same_clone_gets_the_same_addresses_again() {
    List<String> first = ledger(new Random(1)).allocate(A, 2, this::noDomain);
    assertThat(ledger(new Random(2)).allocate(A, 2, this::noDomain)).isEqualTo(first);
    assertThat(reservations.size()).isEqualTo(2);
  }

  @Test
  void five_thousand_interfaces_share_no_address() {
    var ledger = ledger(new Random(42));
    var all = new HashSet<String>();
    for (int clone = 0; clone < 5000; clone++) {
      all.addAll(ledger.allocate(new UUID(2, clone), 1, this::noDomain));
    }
    assertThat(all).hasSize(5000);
  }

  @Test
  void an_address_that_another_clone_has_is_drawn_again() {
    assertThat(ledger(draws(7)).allocate(A, 1, this::noDomain))
        .containsExactly("52:54:00:00:00:07");
    assertThat(ledger(draws(7, 7, 8)).allocate(B, 1, this::noDomain))
        .containsExactly("52:54:00:00:00:08");
  }

  @Test
  void an_address_of_a_domain_on_the_host_is_drawn_again() {
    assertThat(ledger(draws(7, 8)).allocate(A, 1, domain(new UUID(9, 9), "52:54:00:00:00:07")))
        .containsExactly("52:54:00:00:00:08");
  }

  @Test
  void the_clones_own_domain_does_not_take_its_address_away() {
    ledger(draws(7)).allocate(A, 1, this::noDomain);
    assertThat(ledger(draws(8)).allocate(A, 1, domain(A, "52:54:00:00:00:07")))
        .containsExactly("52:54:00:00:00:07");
  }

  @Test
  void a_reserved_address_that_a_domain_took_meanwhile_is_replaced() {
    ledger(draws(7)).allocate(A, 1, this::noDomain);
    assertThat(ledger(draws(8)).allocate(A, 1, domain(new UUID(9, 9), "52:54:00:00:00:07")))
        .containsExactly("52:54:00:00:00:08");
    assertThat(reservations.size()).isEqualTo(1);
  }

  @Test
  void an_interface_that_is_gone_gives_its_address_back() {
    ledger(new Random(1)).allocate(A, 3, this::noDomain);
    ledger(new Random(1)).allocate(A, 1, this::noDomain);
    assertThat(reservations.of(A)).containsOnlyKeys(0);
  }

  @Test
  void the_host_is_asked_about_each_address_once_and_about_nothing_else() {
    var ledger = ledger(new Random(1));
    ledger.allocate(A, 0, this::noDomain);
    assertThat(looks).isZero();
    ledger.allocate(A, 2, this::noDomain);
    assertThat(looks).isEqualTo(2);
  }

  @Test
  void a_fleet_without_a_free_address_is_said_so_and_not_searched_for_ever() {
    ledger(draws(7)).allocate(A, 1, this::noDomain);
    assertThatThrownBy(() -> ledger(draws(7)).allocate(B, 1, this::noDomain))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("no free MAC address");
  }

  private MacLedger ledger(RandomGenerator random) {
    return new MacLedger(reservations, random);
  }

  private boolean noDomain(String mac, UUID except) {
    looks++;
    return false;
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

  private static MacLedger.HostMacs domain(UUID uuid, String mac) {
    return (asked, except) -> asked.equals(mac) && !uuid.equals(except);
  }
}
