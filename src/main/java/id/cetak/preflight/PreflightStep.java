package id.cetak.preflight;

import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.DryRun;
import id.cetak.hypervisor.Hypervisor;
import id.cetak.lock.TemplateLocks;
import id.cetak.workflow.LockRequest;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import id.cetak.workflow.Workflow;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.util.Map;
import java.util.Optional;

/** Asks everything that can be asked about a command, and only looks. */
@ApplicationScoped
class PreflightStep implements Step {
  private final Instance<Preflight> preflights;
  private final Instance<Workflow> workflows;
  private final TemplateLocks locks;
  private final Forecasts forecasts;
  private final Hypervisor hypervisor;
  private final String host;

  PreflightStep(
      Instance<Preflight> preflights,
      Instance<Workflow> workflows,
      TemplateLocks locks,
      Forecasts forecasts,
      Hypervisor hypervisor,
      CetakConfig config) {
    this.preflights = preflights;
    this.workflows = workflows;
    this.locks = locks;
    this.forecasts = forecasts;
    this.hypervisor = hypervisor;
    this.host = config.host();
  }

  @Override
  public String name() {
    return "plan";
  }

  @Override
  public Outlook run(Run run) {
    Command command = run.command(DryRun.class).of();
    Report report = new Report();
    report.plan("host", host);
    report.tried(hypervisor::version).ifPresent(version -> report.plan("hypervisor", version));
    feature(command).look(command, run, report);
    lock(command).flatMap(locks::inTheWay).ifPresent(report::add);
    Map<String, Object> forecast = forecasts.of(command, report);
    // What was found while this attempt had to stop is not to be told.
    run.check();
    return new Outlook(report.findings(), forecast, report.plan());
  }

  private Preflight feature(Command command) {
    return preflights.stream()
        .filter(preflight -> preflight.of() == command.type())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("No preflight for " + command.type()));
  }

  private Optional<LockRequest> lock(Command command) {
    return workflows.stream()
        .filter(workflow -> workflow.serves() == command.type())
        .findFirst()
        .flatMap(workflow -> workflow.lock(command));
  }

  /** Looking leaves nothing behind. */
  @Override
  public void undo(Run run) {}
}
