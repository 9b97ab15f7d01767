package id.cetak.workflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import id.cetak.command.Command;
import id.cetak.command.CommandId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A run whose journal is JSON text, as the real one's, and which can be told to stop. */
public final class FakeRun implements Run {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final UUID jobId;
  private final Command command;
  private final Map<String, String> journal = new LinkedHashMap<>();
  private @Nullable RuntimeException stop;
  private @Nullable Runnable meanwhile;
  private int attempt = 1;

  public FakeRun(UUID jobId, Command command) {
    this.jobId = jobId;
    this.command = command;
  }

  /** From now on every check throws this; null lets the run go on. */
  public void stopWith(@Nullable RuntimeException reason) {
    stop = reason;
  }

  /** What somebody else does while the step is about to do something. */
  public void atNextCheck(Runnable act) {
    meanwhile = act;
  }

  public void nextAttempt() {
    attempt++;
  }

  /** Runs the steps that are not journaled, as the engine does. */
  public void forward(List<Step> steps) {
    for (Step step : steps) {
      if (!journal.containsKey(step.name())) {
        journal(step.name(), step.run(this));
      }
    }
  }

  /** Undoes in reverse from the step that may have begun, as the engine does. */
  public void undo(List<Step> steps) {
    int last = 0;
    while (last < steps.size() - 1 && journal.containsKey(steps.get(last).name())) {
      last++;
    }
    for (int i = last; i >= 0; i--) {
      steps.get(i).undo(this);
    }
  }

  /** All that was journaled, as text. */
  public List<String> journal() {
    return List.copyOf(journal.values());
  }

  public void journal(String step, @Nullable Object result) {
    try {
      journal.put(step, JSON.writeValueAsString(result));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public UUID jobId() {
    return jobId;
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public long lockFence() {
    return 1;
  }

  @Override
  public CommandId commandId() {
    return command.id();
  }

  @Override
  public boolean wholeFleet() {
    return false;
  }

  @Override
  public <C extends Command> C command(Class<C> type) {
    return type.cast(command);
  }

  @Override
  public <T> Optional<T> result(String step, Class<T> type) {
    try {
      String text = journal.get(step);
      return text == null ? Optional.empty() : Optional.ofNullable(JSON.readValue(text, type));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public <T> T plan(Class<T> type) {
    return result("plan", type).orElseThrow(() -> new IllegalStateException("no plan yet"));
  }

  @Override
  public Duration age() {
    return Duration.ZERO;
  }

  @Override
  public Map<String, Object> eventData() {
    return Map.of("commandId", command.id().value(), "host", "hv1");
  }

  @Override
  public void check() {
    Runnable act = meanwhile;
    meanwhile = null;
    if (act != null) {
      act.run();
    }
    if (stop != null) {
      throw stop;
    }
  }
}
