package id.cetak.producer;

import id.cetak.app.CetakConfig;
import id.cetak.app.ProducerSettings;
import id.cetak.command.Command;
import id.cetak.command.CommandRefused;
import id.cetak.command.CommandType;
import id.cetak.command.DryRun;
import id.cetak.failure.FailureCode;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration grants to which producer. With no producer configured everybody may ask
 * for everything; with one, nobody may that is not.
 */
@ApplicationScoped
public class Grants {
  private final Map<String, ProducerSettings> producers;
  private final Collection<String> workers;

  /**
   * @throws IllegalArgumentException when a grant names a command that there is not
   */
  Grants(CetakConfig config) {
    this.producers = config.producers();
    this.workers = config.broker().workers();
    TreeSet<String> words =
        CommandType.asked().stream()
            .map(CommandType::word)
            .collect(Collectors.toCollection(TreeSet::new));
    String wrong =
        producers.entrySet().stream()
            .flatMap(
                entry ->
                    entry.getValue().commands().stream()
                        .filter(word -> !word.equals("*") && !words.contains(word))
                        .map(word -> "'%s' of producer '%s'".formatted(word, entry.getKey())))
            .sorted()
            .collect(Collectors.joining(", "));
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          "cetak.producers grants commands that there are not: %s. There are %s, and * for all."
              .formatted(wrong, String.join(", ", words)));
    }
  }

  /** Whether anything is limited at all. */
  public boolean limited() {
    return !producers.isEmpty();
  }

  /**
   * Who sent a message.
   *
   * @param user the property user-id, which the broker lets nobody forge; null when there is none
   * @param handedOnFor what the header {@link Sender#HEADER} says, which anybody can write: only a
   *     worker is believed
   */
  public Sender sender(@Nullable String user, @Nullable String handedOnFor) {
    if (user == null) {
      return Sender.UNKNOWN;
    }
    return handedOnFor != null && matches(workers, user)
        ? new Sender(handedOnFor.isEmpty() ? null : handedOnFor, true)
        : new Sender(user, false);
  }

  /**
   * Demands that the sender is known, and may send this command about this template to here. Asks
   * no database.
   *
   * @param to the host that it was sent to; null when it was sent to any
   * @throws CommandRefused when not: {@code NOT_ALLOWED}
   */
  public void demand(Command command, Sender sender, @Nullable String to) throws CommandRefused {
    if (!limited()) {
      return;
    }
    String user = sender.producer();
    if (user == null) {
      throw refused(
          command,
          "its message has no property user-id, and without it nobody is known to ask. Publish with"
              + " user_id set to the AMQP user that you log in as");
    }
    ProducerSettings granted = producers.get(user);
    if (granted == null) {
      throw refused(
          command,
          "no producer '%s' is configured. Ask the operator for cetak.producers.\"%s\""
              .formatted(user, user));
    }
    String word = (command instanceof DryRun dry ? dry.of() : command).type().word();
    require(command, lack(user, "commands", granted.commands(), word, "the command " + word));
    if (command.type() != CommandType.CANCEL) {
      String host = to == null ? "any" : to;
      String what = "to send to " + (to == null ? "any host" : "host " + to);
      require(command, lack(user, "hosts", granted.hosts(), host, what));
    }
    Reach reach = Reach.of(command);
    if (reach.template() != null) {
      String template = reach.template().value();
      String what = "template '" + template + "'";
      require(command, lack(user, "templates", granted.templates(), template, what));
    } else if (reach.fleet() && !granted.templates().contains("*")) {
      throw refused(
          command,
          "it is about every template, and producer '%s' is granted only some. An operator may add * to %s"
              .formatted(user, key(user, "templates")));
    }
  }

  /** Whether a producer is granted this template. */
  boolean mayUse(String producer, @Nullable String template) {
    ProducerSettings granted = producers.get(producer);
    return granted != null
        && (template == null
            ? granted.templates().contains("*")
            : matches(granted.templates(), template));
  }

  /** How many clones a producer may have; empty for any number. */
  OptionalInt quota(@Nullable String producer) {
    ProducerSettings granted = producer == null ? null : producers.get(producer);
    return granted == null ? OptionalInt.empty() : granted.openClones();
  }

  private static void require(Command command, @Nullable String lack) throws CommandRefused {
    if (lack != null) {
      throw refused(command, lack);
    }
  }

  /** What is missing, as the rest of a sentence; null when it is granted. */
  private static @Nullable String lack(
      String user, String key, Collection<String> granted, String wanted, String what) {
    return matches(granted, wanted)
        ? null
        : "producer '%s' is not granted %s. Granted are: %s; an operator may add it to %s"
            .formatted(user, what, String.join(", ", new TreeSet<>(granted)), key(user, key));
  }

  private static String key(String user, String key) {
    return "cetak.producers.\"%s\".%s".formatted(user, key);
  }

  static CommandRefused refused(Command command, String why) {
    return new CommandRefused(
        FailureCode.NOT_ALLOWED,
        "%s '%s' is not allowed: %s."
            .formatted(
                (command instanceof DryRun dry ? dry.of() : command).type().word(),
                command.subject(),
                why),
        null,
        command.id());
  }

  private static boolean matches(Collection<String> patterns, String text) {
    return patterns.stream().anyMatch(pattern -> matches(pattern, text));
  }

  private static boolean matches(String pattern, String text) {
    return Pattern.matches(
        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        text);
  }
}
