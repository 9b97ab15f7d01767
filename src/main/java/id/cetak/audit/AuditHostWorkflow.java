package id.cetak.audit;

import id.cetak.command.Command;
import id.cetak.command.CommandType;
import id.cetak.event.Event;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import id.cetak.workflow.Verdict;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A host's part of an audit: it reads, and reports to the job that asked. */
@ApplicationScoped
public class AuditHostWorkflow implements Workflow {
  private final List<Step> steps;

  AuditHostWorkflow(ReadStep read) {
    this.steps = List.of(read);
  }

  @Override
  public CommandType serves() {
    return CommandType.AUDIT_HOST;
  }

  /** None: nothing is changed, and a clone that is being made meanwhile may be seen or not. */
  @Override
  public Optional<LockRequest> lock(Command command) {
    return Optional.empty();
  }

  @Override
  public List<Step> steps() {
    return steps;
  }

  @Override
  public @Nullable Event completed(Run run) {
    return null;
  }

  @Override
  public @Nullable Event failed(Run run, Verdict verdict) {
    return null;
  }
}
