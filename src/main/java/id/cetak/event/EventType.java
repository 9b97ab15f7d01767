package id.cetak.event;

/**
 * The kinds of event; {@link #routingKey()} is the topic on {@code cetak.events}, and is never
 * renamed.
 */
public enum EventType {
  CLONE_PROGRESSED("clone.progressed"),
  CLONE_COMPLETED("clone.completed"),
  CLONE_FAILED("clone.failed"),
  CLONE_CANCELLED("clone.cancelled"),
  CLONE_DELETED("clone.deleted"),
  CLONE_VERIFIED("clone.verified"),
  CLONE_QUARANTINED("clone.quarantined"),
  VERIFY_FAILED("verify.failed"),
  CLONE_FLATTENED("clone.flattened"),
  FLATTEN_FAILED("flatten.failed"),
  DELETE_FAILED("delete.failed"),
  BATCH_PROGRESSED("batch.progressed"),
  BATCH_COMPLETED("batch.completed"),
  BATCH_DELETED("batch.deleted"),
  TEMPLATE_SEALED("template.sealed"),
  TEMPLATE_QUARANTINED("template.quarantined"),
  TEMPLATE_PROMOTED("template.promoted"),
  PROMOTE_FAILED("promote.failed"),
  TEMPLATE_RECALLED("template.recalled"),
  RECALL_FAILED("recall.failed"),
  TEMPLATE_RETIRED("template.retired"),
  RETIRE_FAILED("retire.failed"),
  SYSPREP_FAILED("sysprep.failed"),
  IMPORT_FAILED("import.failed"),
  AUDIT_COMPLETED("audit.completed"),
  AUDIT_FAILED("audit.failed"),
  BARRIER_VERIFIED("barrier.verified"),
  BARRIER_BROKEN("barrier.broken"),
  DRILL_COMPLETED("drill.completed"),
  DRILL_FAILED("drill.failed"),
  PREFLIGHT_COMPLETED("preflight.completed"),
  PREFLIGHT_FAILED("preflight.failed"),
  RECONCILE_COMPLETED("reconcile.completed"),
  RECONCILE_FAILED("reconcile.failed"),
  CANCEL_COMPLETED("cancel.completed"),
  COMMAND_REJECTED("command.rejected");

  private final String routingKey;

  EventType(String routingKey) {
    this.routingKey = routingKey;
  }

  public String routingKey() {
    return routingKey;
  }

  /** The CloudEvents attribute {@code type}. */
  public String cloudEventsType() {
    return "cetak." + routingKey;
  }
}
