-- The durable record of commands: jobs, their journal, their failures, and the messages that leave with their states.
-- All times are the database's own (clock_timestamp()), so that no worker's clock decides who holds a lease.

create table job (
  id               uuid primary key,        -- everything that a job makes derives its name from this
  command_id       text not null unique,    -- the caller's idempotency key: one job per key, ever
  content_hash     bytea not null check (octet_length(content_hash) = 32), -- tells a repetition from an id used twice
  type             text not null check (type in ('SYSPREP', 'CLONE', 'CANCEL')),
  spec             jsonb not null,          -- the command as read; defaults filled in
  host             text not null,           -- only workers of this host claim it
  subject          text not null,           -- template or clone name, for people and events
  state            text not null check (state in
                     ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  attempt          integer not null default 0 check (attempt >= 0),  -- the fence: counts claims, never goes back
  failures         integer not null default 0 check (failures >= 0), -- attempts that failed or whose worker vanished
  worker           text,                    -- who claimed it last
  lease_until      timestamptz,             -- the claim's end; while UNDOING also the time of the next try
  run_after        timestamptz not null default clock_timestamp(),   -- not before, while waiting
  deadline         timestamptz,             -- every job ends by then; null from when it can only end well
  cancel_requested boolean not null default false,
  waits_on         text,                    -- the template whose lock a PARKED job waits for; its release wakes the job
  waits_for        text,                    -- a sentence naming the holders
  verdict_code     text,                    -- why it ends other than well; set before undoing begins
  verdict_reason   text,
  reply_to         text,                    -- the caller's reply queue
  correlation_id   text,
  traceparent      text,                    -- W3C trace context of the caller
  accepted_at      timestamptz not null default clock_timestamp(),
  ended_at         timestamptz,
  check ((state in ('COMPLETED', 'FAILED', 'CANCELLED')) = (ended_at is not null)),
  check (state not in ('UNDOING', 'FAILED', 'CANCELLED') or verdict_code is not null),
  check (state not in ('RUNNING', 'UNDOING') or (worker is not null and lease_until is not null)),
  check ((state = 'PARKED') = (waits_on is not null))
);
-- The claim reads only jobs that can move; ended ones, by far the most, are not in it.
create index job_waiting on job (host, run_after) where state in ('QUEUED', 'RETRYING', 'PARKED');
create index job_leased on job (host, lease_until) where state in ('RUNNING', 'UNDOING');
create index job_parked on job (waits_on) where state = 'PARKED';

create table job_step (
  job_id     uuid not null references job on delete cascade,
  step       text not null,                 -- the step's name: stored, never renamed
  attempt    integer not null,              -- the claim that wrote it
  result     jsonb,                         -- what later steps need
  written_at timestamptz not null default clock_timestamp(),
  primary key (job_id, step)                -- a second writer learns that it lost
);

create table job_failure (
  job_id    uuid not null references job on delete cascade,
  attempt   integer not null,
  step      text,                           -- null when no step had begun
  code      text not null,
  reason    text not null,
  failed_at timestamptz not null default clock_timestamp()
);
create index job_failure_job on job_failure (job_id, failed_at);

-- A cancel can overtake its target: control messages do not wait behind clones. It is remembered until the target comes.
create table cancellation (
  target       text primary key,            -- a command id
  requested_at timestamptz not null default clock_timestamp()
);

create table host (
  name    text primary key,
  seen_at timestamptz not null              -- a host not seen for long is not handed anything
);

create table outbox (
  id             bigint generated always as identity primary key, -- the order of publication within one key
  message_id     text,                      -- the event's id, the same on every publication; or the caller's own
  job_id         uuid references job on delete cascade,           -- null for rejections and quarantines
  order_key      text not null,
  exchange       text not null,             -- empty for the default exchange
  routing_key    text not null,
  content_type   text not null,
  correlation_id text,
  reply_to       text,
  headers        jsonb not null,
  body           bytea not null,            -- the very bytes of every publication
  may_vanish     boolean not null,          -- returned by the broker: dropped, not kept
  returns        integer not null default 0,-- how often no queue took it
  not_before     timestamptz not null default clock_timestamp(),
  created_at     timestamptz not null default clock_timestamp(),
  sent_at        timestamptz                -- when the broker had confirmed it
);
create index outbox_unsent on outbox (id) where sent_at is null;
create index outbox_unsent_key on outbox (order_key, id) where sent_at is null;
create index outbox_job on outbox (job_id);
create index outbox_sent on outbox (sent_at) where sent_at is not null;
