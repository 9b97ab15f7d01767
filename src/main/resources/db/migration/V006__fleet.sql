-- One command for many hosts: a job that makes a member for each host, and gathers what they report.

alter table job
  -- Sent to any worker rather than to one host: a command that can be about all hosts is then about all of them.
  add column whole_fleet boolean not null default false,
  -- A member that runs on a host of its own, not on its batch's. One for each host: claimed like a single command.
  add column spread      boolean not null default false,
  add constraint job_spread_check check (not spread or batch_id is not null);

drop index job_waiting;
create index job_waiting on job (host, run_after)
  where state in ('RETRYING', 'PARKED') or (state = 'QUEUED' and (batch_id is null or spread));
