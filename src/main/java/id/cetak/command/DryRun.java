package id.cetak.command;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * Say what would come of a command, and do nothing of it.
 *
 * @param of the command as it would be sent; its id is this one's
 */
public record DryRun(
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
        @JsonSubTypes({
          @JsonSubTypes.Type(value = Command.Sysprep.class, name = "sysprep"),
          @JsonSubTypes.Type(value = Command.Clone.class, name = "clone"),
          @JsonSubTypes.Type(value = Import.class, name = "import"),
          @JsonSubTypes.Type(value = Command.CloneBatch.class, name = "clone-batch")
        })
        Command of)
    implements Command {
  @Override
  public CommandId id() {
    return of.id();
  }

  @Override
  public String subject() {
    return of.subject();
  }

  @Override
  public CommandType type() {
    return CommandType.PREFLIGHT;
  }

  @Override
  public Command placedAs() {
    return of;
  }
}
