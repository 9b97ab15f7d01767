package id.cetak.producer;

import id.cetak.command.Command;
import id.cetak.command.CommandRefused;
import id.cetak.failure.FailureCode;
import id.cetak.producer.ProducerStore.Found;
import id.cetak.producer.ProducerStore.Owned;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Nobody touches what another producer has asked for, and nobody has more clones than its quota.
 * What nobody is known to have asked for may be touched by those who are granted its template.
 */
@ApplicationScoped
public class Belongings {
  private final Grants grants;
  private final ProducerStore store;

  Belongings(Grants grants, ProducerStore store) {
    this.grants = grants;
    this.store = store;
  }

  /**
   * Names for advisory locks that must be held before {@link #refusals} is called, so that no two
   * workers count one producer's clones at the same time.
   */
  public List<String> locks(Collection<? extends Ask> asks) {
    if (!grants.limited()) {
      return List.of();
    }
    return limited(asks).stream().map(producer -> "producer " + producer).toList();
  }

  /**
   * Which of these are refused, and why; asks the database once, and not at all while nothing is
   * limited. Earlier ones count against the quota of later ones.
   */
  public <A extends Ask> Map<A, CommandRefused> refusals(Collection<A> asks) {
    Map<A, CommandRefused> refusals = new LinkedHashMap<>();
    if (!grants.limited() || asks.isEmpty()) {
      return refusals;
    }
    Found found = look(asks);
    Set<String> begun = new HashSet<>(found.commands().keySet());
    for (A ask : asks) {
      CommandRefused refused = foreign(ask, found);
      if (refused == null && begun.add(ask.command().id().value())) {
        refused = tooMany(ask, found.held());
      }
      if (refused != null) {
        refusals.put(ask, refused);
      }
    }
    return refusals;
  }

  /**
   * For whom a cancel that comes before its target stops it.
   *
   * @return the empty text for everybody
   */
  public String cancelsOnlyFor(@Nullable String producer) {
    return grants.limited() && producer != null && !grants.mayUse(producer, null) ? producer : "";
  }

  private Found look(Collection<? extends Ask> asks) {
    Set<String> clones = new TreeSet<>();
    Set<String> commands = new TreeSet<>();
    for (Ask ask : asks) {
      Reach reach = Reach.of(ask.command());
      commands.add(ask.command().id().value());
      if (reach.vm() != null) {
        clones.add(reach.vm().value());
      }
      if (reach.target() != null) {
        commands.add(reach.target().value());
      }
    }
    return store.look(clones, commands, limited(asks));
  }

  /** Producers with a quota, of those who ask for clones. */
  private Set<String> limited(Collection<? extends Ask> asks) {
    Set<String> limited = new TreeSet<>();
    for (Ask ask : asks) {
      String producer = ask.producer();
      if (producer != null
          && grants.quota(producer).isPresent()
          && Reach.of(ask.command()).clones() > 0) {
        limited.add(producer);
      }
    }
    return limited;
  }

  private @Nullable CommandRefused foreign(Ask ask, Found found) {
    Command command = ask.command();
    String producer = Objects.requireNonNull(ask.producer());
    Owned same = found.commands().get(command.id().value());
    if (same != null && same.producer() != null && !same.producer().equals(producer)) {
      return new CommandRefused(
          FailureCode.ID_REUSED,
          "Command id '%s' was used before by another producer. Send this one under a new id."
              .formatted(command.id()),
          "id",
          command.id());
    }
    Reach reach = Reach.of(command);
    Owned clone = reach.vm() == null ? null : found.clones().get(reach.vm().value());
    if (clone != null && !owns(producer, clone)) {
      return Grants.refused(
          command,
          "clone '%s' is not one that producer '%s' asked for. Its owner may, or an operator"
              .formatted(reach.vm(), producer));
    }
    Owned target = reach.target() == null ? null : found.commands().get(reach.target().value());
    if (target != null && !owns(producer, target)) {
      return Grants.refused(
          command,
          "command '%s' is not one that producer '%s' sent. Its sender may, or an operator"
              .formatted(reach.target(), producer));
    }
    return null;
  }

  private boolean owns(String producer, Owned thing) {
    return thing.producer() == null
        ? grants.mayUse(producer, thing.template())
        : thing.producer().equals(producer);
  }

  private @Nullable CommandRefused tooMany(Ask ask, Map<String, Long> held) {
    int clones = Reach.of(ask.command()).clones();
    String producer = ask.producer();
    if (producer == null || clones == 0 || grants.quota(producer).isEmpty()) {
      return null;
    }
    int quota = grants.quota(producer).getAsInt();
    long before = held.getOrDefault(producer, 0L);
    if (before + clones <= quota) {
      held.put(producer, before + clones);
      return null;
    }
    return new CommandRefused(
        FailureCode.QUOTA_EXCEEDED,
        ("%s '%s' asks for %d more, but producer '%s' has %d of %d clones, those that are not made"
                + " yet included. Delete some and send it again, or ask the operator to raise"
                + " cetak.producers.\"%s\".open-clones.")
            .formatted(
                ask.command().type().word(),
                ask.command().subject(),
                clones,
                producer,
                before,
                quota,
                producer),
        null,
        ask.command().id());
  }
}
