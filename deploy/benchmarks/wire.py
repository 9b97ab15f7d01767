"""Commands and events as any upstream sends and reads them."""
import json
import threading
import time

import pika

from lab import HOST

TERMINAL = {
    "cetak.clone.completed", "cetak.clone.failed", "cetak.clone.cancelled", "cetak.clone.deleted", "cetak.delete.failed",
    "cetak.batch.completed", "cetak.batch.deleted", "cetak.template.sealed", "cetak.sysprep.failed", "cetak.command.rejected",
}
PERSISTENT = pika.BasicProperties(content_type="application/json", delivery_mode=2)


class Commands:
    """Publishes without waiting for confirms: a lost command shows, as its event never comes."""

    def __init__(self, lab):
        self.channel = lab.broker().channel()

    def send(self, command, key=f"host.{HOST}"):
        self.channel.basic_publish("cetak.commands", key, json.dumps(command), PERSISTENT)


class Events(threading.Thread):
    """Reads every event, with the time at which it came."""

    def __init__(self, lab):
        super().__init__(daemon=True)
        self.connection = lab.broker()
        self.channel = self.connection.channel()
        self.queue = self.channel.queue_declare("", exclusive=True).method.queue
        self.channel.queue_bind(self.queue, "cetak.events", "#")
        self.changed = threading.Condition()
        self.terminal = {}  # command id -> [(time, event)]
        self.parts = {}  # batch id -> {clone name: [event]}
        self.start()

    def run(self):
        for _, _, body in self.channel.consume(self.queue, auto_ack=True):
            came = time.perf_counter()
            event = json.loads(body)
            if event["type"] not in TERMINAL:
                continue
            data = event["data"]
            with self.changed:
                if data.get("batchId") and event["type"].startswith("cetak.clone."):
                    self.parts.setdefault(data["batchId"], {}).setdefault(data["name"], []).append(event)
                else:
                    self.terminal.setdefault(data.get("commandId"), []).append((came, event))
                self.changed.notify_all()

    def wait(self, ids, seconds):
        """The first terminal event of each command; TimeoutError names how many are missing."""
        until = time.monotonic() + seconds
        missing = list(ids)
        with self.changed:
            while True:
                missing = [one for one in missing if one not in self.terminal]
                if not missing:
                    return [self.terminal[one][0] for one in ids]
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"{len(missing)} of {len(ids)} commands have no terminal event after {seconds} s")
                self.changed.wait(left)
