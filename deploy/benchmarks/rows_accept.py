"""How fast commands are accepted, beside what the same broker and database do alone."""
import json
import subprocess
import time

import clones
import meter
from checker import Wrong
from wire import PERSISTENT

COMMIT = """
insert into job (id, command_id, content_hash, type, spec, host, subject, state, run_after)
values (gen_random_uuid(), 'floor-' || gen_random_uuid(), sha256('x'), 'CLONE', '{}', 'nobody', 'floor', 'QUEUED', now());
"""
CONNECTIONS = 8
WAIT_SECONDS = 900


def accept(bench):
    """Commands accepted a second, beside what the broker delivers and the database commits."""
    count = bench.size(20000, 2000)
    occupying = bench.base().name
    bench.lab.stop_worker()
    bench.lab.start_worker(**stands_still(bench.lab))
    try:
        send(bench, [f"{bench.tag}-stands-still"], occupying)
        until(bench, "select count(*) from job where state = 'RUNNING'", (), 1)
        bench.in_turns("accept", {
            "broker: consume": lambda: consume(bench, count),
            "Cetak: accept": lambda: accepted(bench, count),
            "database: commit": lambda: commit(bench, count),
        })
    finally:
        bench.lab.stop_worker()
        bench.lab.sql_as_superuser("truncate job cascade;")
        bench.lab.start_worker()
    bench.figures.note("accept", "The worker's only run slot stands still, and commands come by the control queue, "
                       "which waits for no slot. The broker is read by one Python client, which acknowledges by the hundred; "
                       f"the database commits one job row at a time from each of {CONNECTIONS} connections of pgbench.")


def stands_still(lab):
    """One run slot, in which the first clone stands still: nothing but intake works."""
    places = lab.state / "places"
    places.mkdir(exist_ok=True)
    (places / "clone.plan.before-effect").touch()
    return {"CETAK_RUN_SLOTS": 1, "CETAK_RUN_LEASE": "1h", "CETAK_FAULT_POINTS": places}


def accepted(bench, count):
    """From the first publication until the last row is there."""
    prefix = clones.unused("a")
    ids = [f"{prefix}-{number}" for number in range(count)]
    spent = meter.Meter(bench.lab)
    began = time.perf_counter()
    send(bench, ids, "some-template")
    until(bench, "select count(*) from job where command_id like %s", (f"{prefix}-%",), count)
    seconds, cpu = time.perf_counter() - began, spent.stop()
    [(waiting,)] = bench.lab.sql("select count(*) from job where command_id like %s and state = 'QUEUED'", (f"{prefix}-%",))
    if waiting != count:
        raise Wrong(f"{count - waiting} of {count} commands did not only wait")
    return bench.sample(seconds, count, cpu)


def send(bench, ids, template):
    for command in ids:
        bench.commands.send({"command": "clone", "id": command, "template": template, "name": command}, "control")


def until(bench, question, values, wanted):
    end = time.monotonic() + WAIT_SECONDS
    while bench.lab.sql(question, values) != [(wanted,)]:
        if time.monotonic() > end:
            raise TimeoutError(f"not {wanted} after {WAIT_SECONDS} s: {question}")
        time.sleep(0.02)


def consume(bench, count):
    channel = bench.lab.broker().channel()
    queue = channel.queue_declare(f"bench.{bench.tag}", durable=True, arguments={"x-queue-type": "quorum"}).method.queue
    body = json.dumps({"command": "clone", "id": "floor", "template": "some-template", "name": "floor"})
    for _ in range(count):
        channel.basic_publish("", queue, body, PERSISTENT)
    while channel.queue_declare(queue, passive=True).method.message_count < count:
        time.sleep(0.2)
    channel.basic_qos(prefetch_count=500)
    began = time.perf_counter()
    for seen, (method, _, _) in enumerate(channel.consume(queue), 1):
        if seen % 100 == 0 or seen == count:
            channel.basic_ack(method.delivery_tag, multiple=True)
        if seen == count:
            break
    seconds = time.perf_counter() - began
    channel.cancel()
    channel.queue_delete(queue)
    channel.connection.close()
    return bench.sample(seconds, count)


def commit(bench, count):
    script = bench.lab.state / "commit.sql"
    script.write_text(COMMIT)
    program = bench.lab.services("postgresql_bin") + "/pgbench"
    each = count // CONNECTIONS
    url = bench.lab.services("postgresql_url", bench.lab.state)
    began = time.perf_counter()
    subprocess.run([program, "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2", "-t", str(each), "-f", script, url],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.perf_counter() - began
    bench.lab.sql("delete from job where host = 'nobody'")
    return bench.sample(seconds, each * CONNECTIONS)
