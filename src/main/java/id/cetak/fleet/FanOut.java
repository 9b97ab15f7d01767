package id.cetak.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.app.CetakConfig;
import id.cetak.command.Command;
import id.cetak.command.CommandId;
import id.cetak.command.CommandType;
import id.cetak.job.FanOutStore;
import id.cetak.job.MemberStore;
import id.cetak.workflow.Run;
import id.cetak.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Has every host do its part of a command, and gathers what they report.
 *
 * <p>A command that was sent to one host is about that host, one that any worker may take is about
 * all of them. For each host that lives its job makes a member, which that host's worker runs; then
 * it is parked until all have ended, or cannot be waited for any more. A member reports by what its
 * step {@link #REPORT} returns, and ends without an event.
 *
 * <pre>
 *   plan: which hosts?  ->  ask: a member for each  ->  await: parked  ->  completed(): reports()
 * </pre>
 */
@ApplicationScoped
public class FanOut {
  /** The step of a member's workflow whose result is its report. */
  public static final String REPORT = "report";

  private final FanOutStore store;
  private final MemberStore members;
  private final ObjectMapper json;
  private final String host;

  FanOut(FanOutStore store, MemberStore members, ObjectMapper json, CetakConfig config) {
    this.store = store;
    this.members = members;
    this.json = json;
    this.host = config.host();
  }

  /**
   * What each host does.
   *
   * @param type of the members' commands; not one that a caller can send
   * @param patience how long a host has, from when it is asked
   * @param command a member's command, under the id that is given
   */
  public record Part(
      CommandType type, Duration patience, BiFunction<Run, CommandId, Command> command) {}

  /** All steps of a command's workflow. */
  public List<Step> steps(Part part) {
    return List.of(
        new HostsStep(store, host),
        new AskStep(store, members, json, part),
        new AwaitStep(store, members, part.type()));
  }

  /** Who has reported and who has not; known from the end of the last step on. */
  public Answers answers(Run run) {
    return run.result(AwaitStep.NAME, Answers.class)
        .orElseThrow(() -> new IllegalStateException("Job " + run.jobId() + " still waits"));
  }

  /** What the hosts have reported, by host, in the order of their names. */
  public <T> Map<String, T> reports(Run run, Class<T> type) {
    List<String> hosts = answers(run).hosts();
    Map<String, T> reports = new LinkedHashMap<>();
    store
        .reports(run.jobId(), REPORT, hosts)
        .forEach((host, report) -> reports.put(host, read(run, report, type)));
    return reports;
  }

  private <T> T read(Run run, String report, Class<T> type) {
    try {
      return json.readValue(report, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Job %s: a host's report cannot be read back".formatted(run.jobId()), e);
    }
  }
}
