package id.cetak.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import id.cetak.failure.FailureCode;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * The one place where bytes become commands. Whatever the bytes are, the outcome is a {@link
 * Command} that keeps every bound of the contract, or a {@link CommandRefused} that says what is
 * wrong in a sentence that can go into a log, a header and an event as it is.
 */
@Singleton
public final class CommandReader {
  // A default leaves no trace in the canonical form, so that a field that a later version adds does
  // not change the digest of a command that is sent again.
  private static final JsonMapper CANONICAL =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_DEFAULT, JsonInclude.Include.ALWAYS))
          .build();

  private static final List<String> WORDS =
      CommandType.asked().stream().map(CommandType::word).distinct().toList();

  private final int maxBodyBytes;

  @Inject
  public CommandReader(@ConfigProperty(name = "cetak.intake.max-body-bytes") int maxBodyBytes) {
    this.maxBodyBytes = maxBodyBytes;
  }

  /**
   * Reads a message.
   *
   * @param messageId the AMQP property {@code message_id}: the command's id when the body has none
   * @throws CommandRefused when it is not a command that can become a job
   */
  public Command read(byte[] body, @Nullable String messageId) throws CommandRefused {
    CommandId id =
        messageId != null && CommandId.isLegal(messageId) ? new CommandId(messageId) : null;
    try {
      if (body.length > maxBodyBytes) {
        throw new Objection(
            "The message has %d bytes, more than the %d that a command may have."
                .formatted(body.length, maxBodyBytes),
            null);
      }
      ObjectNode json = StrictJson.read(body);
      if (json.has("id")) {
        // The body wins, and a bad id in it is not made good by the message's.
        id = null;
      }
      Fields fields = new Fields(json);
      id = id(fields, messageId);
      return command(fields, id);
    } catch (Objection e) {
      throw new CommandRefused(FailureCode.INVALID, e.reason(), e.field(), id);
    }
  }

  /**
   * The same bytes for the same request, whatever its spacing, its order of fields and its explicit
   * defaults; other bytes for another request. Two commands that differ in nothing but their id are
   * two requests.
   */
  public static byte[] canonical(Command command) {
    try {
      ObjectNode tree = CANONICAL.valueToTree(command);
      tree.put("command", command.type().word());
      return CANONICAL.writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Command " + command.id() + " cannot be written as JSON", e);
    }
  }

  private static CommandId id(Fields fields, @Nullable String messageId) throws Objection {
    String id = fields.optionalText("id", CommandId::isLegal, CommandId.RULE);
    if (id != null) {
      return new CommandId(id);
    }
    if (messageId == null || messageId.isEmpty()) {
      throw new Objection(
          "The command has no id: neither a field 'id' nor an AMQP message_id. Give it one, and the"
              + " same one when it is sent again.",
          "id");
    }
    if (!CommandId.isLegal(messageId)) {
      throw new Objection(
          "The command has no field 'id', and its AMQP message_id %s, but is %s."
              .formatted(CommandId.RULE, CallersText.quoted(messageId)),
          "id");
    }
    return new CommandId(messageId);
  }

  private static Command command(Fields fields, CommandId id) throws Objection {
    String word = fields.text("command");
    for (CommandType type : CommandType.asked()) {
      if (type.word().equals(word)) {
        return switch (type) {
          case SYSPREP -> dry(fields, CommandForms.sysprep(fields, id));
          case IMPORT -> dry(fields, ImportForm.read(fields, id));
          case CLONE -> dry(fields, CommandForms.clone(fields, id));
          case CLONE_BATCH -> dry(fields, BatchForms.cloneBatch(fields, id));
          case DELETE, DELETE_BATCH -> BatchForms.delete(fields, id);
          case VERIFY -> CommandForms.verify(fields, id);
          case AUDIT, AUDIT_HOST -> FleetForms.audit(fields, id);
          case PROMOTE -> VersionForms.promote(fields, id);
          case RECALL -> VersionForms.recall(fields, id);
          case RETIRE -> VersionForms.retire(fields, id);
          case FLATTEN -> VersionForms.flatten(fields, id);
          case RECONCILE, RECONCILE_HOST -> FleetForms.reconcile(fields, id);
          case CANCEL -> CommandForms.cancel(fields, id);
          case DRILL -> CommandForms.drill(fields, id);
          case DRILL_PART, PREFLIGHT ->
              throw new IllegalStateException("no message asks for it by a word");
        };
      }
    }
    throw new Objection(
        "The command %s is not known. %s"
            .formatted(
                CallersText.quoted(word),
                CallersText.meant(word, WORDS)
                    .map("Did you mean '%s'?"::formatted)
                    .orElse("There are %s.".formatted(String.join(", ", WORDS)))),
        "command");
  }

  /** The command, or the question what would come of it. */
  private static Command dry(Fields fields, Command command) throws Objection {
    return fields.flag(CommandForms.DRY_RUN) ? new DryRun(command) : command;
  }
}
