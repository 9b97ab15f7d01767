package id.cetak.batch;

import id.cetak.command.Command;
import id.cetak.event.Event;
import id.cetak.event.EventType;
import id.cetak.outbox.Outbox;
import id.cetak.workflow.Fence;
import id.cetak.workflow.Run;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Says how far a batch is; no verdict hangs on it. */
@ApplicationScoped
class Progress {
  private final Fence fence;
  private final Outbox outbox;

  Progress(Fence fence, Outbox outbox) {
    this.fence = fence;
    this.outbox = outbox;
  }

  @Transactional
  void tell(Run run, Tally tally) {
    Command.CloneBatch batch = run.command(Command.CloneBatch.class);
    // A late worker's would come after the batch's own end.
    fence.demand(run.jobId(), run.attempt(), "Progress of batch " + batch.id());
    Map<String, Object> data = new LinkedHashMap<>(run.eventData());
    data.put("template", batch.template().value());
    data.putAll(tally.data());
    outbox.publish(
        new Event(UUID.randomUUID(), EventType.BATCH_PROGRESSED, batch.subject(), data),
        new Outbox.Envelope(null, batch.id().value(), null, null));
  }
}
