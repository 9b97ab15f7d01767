package id.cetak.clone;

import id.cetak.command.Command;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.outbox.Outbox;
import id.cetak.workflow.Fence;
import id.cetak.workflow.Run;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.UUID;

/** The news as events {@code clone.progressed}, each in a transaction of its own. */
@ApplicationScoped
class OutboxNews implements CopyNews {
  private final Fence fence;
  private final Outbox outbox;

  OutboxNews(Fence fence, Outbox outbox) {
    this.fence = fence;
    this.outbox = outbox;
  }

  /** Belongs to no job, so that a repeated command is not answered with old progress. */
  @Override
  @Transactional(Transactional.TxType.REQUIRES_NEW)
  public void tell(Run run, long copiedBytes, long totalBytes) {
    var command = run.command(Command.class);
    // A late worker's would come after the job's own end.
    fence.demand(run.jobId(), run.attempt(), "Progress of " + command.subject());
    var data = new LinkedHashMap<>(run.eventData());
    data.put("name", command.subject());
    data.put("copiedBytes", copiedBytes);
    data.put("totalBytes", totalBytes);
    String id = "progress/%s/%d/%d".formatted(run.jobId(), run.attempt(), copiedBytes);
    outbox.publish(
        new Event(
            UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)),
            EventType.CLONE_PROGRESSED,
            command.subject(),
            data),
        new Outbox.Envelope(null, command.id().value(), null, null));
  }
}
