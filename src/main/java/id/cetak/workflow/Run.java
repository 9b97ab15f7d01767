package id.cetak.workflow;

import id.cetak.command.Command;
import id.cetak.command.CommandId;
import id.cetak.hypervisor.StopSignal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** One attempt at a job, as its steps see it. */
public interface Run extends StopSignal {
  /** The job's id: names, paths and UUIDs of everything that it makes derive from it. */
  UUID jobId();

  /** The fence of this attempt: a write that carries an older one changes nothing. */
  int attempt();

  /** The fence of the template lock that the job holds. */
  long lockFence();

  /** The id of the command. */
  CommandId commandId();

  /**
   * Whether the command was sent to any worker, rather than to this host alone: for commands that
   * can be about all hosts at once.
   */
  boolean wholeFleet();

  /** The command, as the type that the workflow serves. */
  <C extends Command> C command(Class<C> type);

  /**
   * What a step returned, in this attempt or an earlier one; empty when it has not been journaled.
   */
  <T> Optional<T> result(String step, Class<T> type);

  /** What the workflow's first step returned. */
  <T> T plan(Class<T> type);

  /**
   * Since the command was accepted: by the database's clock until this attempt began, and by one
   * that does not jump from then on.
   */
  Duration age();

  /**
   * The fields that every terminal event of a job carries: commandId, host, attempts,
   * durationMillis.
   */
  Map<String, Object> eventData();

  /**
   * Throws when this attempt must not act any more: lease lost, cancelled, or past the deadline.
   */
  @Override
  void check();
}
