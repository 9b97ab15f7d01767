package id.cetak.job;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.util.EnumMap;
import java.util.Map;

/** The workflows that this build has, by the command that they serve. */
@ApplicationScoped
class Workflows {
  private final Map<CommandType, Workflow> byType = new EnumMap<>(CommandType.class);

  Workflows(Instance<Workflow> workflows) {
    for (Workflow workflow : workflows) {
      if (byType.put(workflow.serves(), workflow) != null) {
        throw new IllegalStateException("Two workflows serve " + workflow.serves());
      }
    }
  }

  Workflow forCommand(Command command) {
    Workflow workflow = byType.get(command.type());
    if (workflow == null) {
      throw new IllegalStateException("No workflow serves " + command.type());
    }
    return workflow;
  }
}
