-- Batches: one command whose job waits for other jobs, its members; deletions; and room that is promised before it is used.

alter table job drop constraint job_type_check;
alter table job add constraint job_type_check
  check (type in ('SYSPREP', 'CLONE', 'CLONE_BATCH', 'DELETE', 'DELETE_BATCH', 'CANCEL'));

alter table job
  add column batch_id       uuid references job,  -- the job that this one is a member of, and that waits for it
  add column batch_number   integer,              -- its place among the members
  add column shared_spec    jsonb,                -- what the members' commands have in common; a member's own spec is laid over it
  add column reserved_bytes bigint not null default 0 check (reserved_bytes >= 0),   -- room that the job, with its members, is still
  add column reserved_inodes bigint not null default 0 check (reserved_inodes >= 0), -- to take on its host, while it has not ended
  add constraint job_member_check check ((batch_id is null) = (batch_number is null)),
  add constraint job_member_once unique (batch_id, batch_number); -- spawning twice makes no second member

-- Members that wait for their first run stand apart: thousands of them are never in the way of a single command.
drop index job_waiting;
create index job_waiting on job (host, run_after)
  where state in ('RETRYING', 'PARKED') or (state = 'QUEUED' and batch_id is null);
create index job_members_queued on job (batch_id, batch_number) where state = 'QUEUED';
create index job_members_open on job (batch_id)
  where batch_id is not null and state in ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING');
create index job_batches_open on job (host)
  where shared_spec is not null and state in ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING');
create index job_reserved on job (host)
  where reserved_bytes > 0 and state in ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING');

-- Whether a cancelled batch's finished clones stay; every other command's work is undone in any case.
alter table cancellation add column remove_clones boolean not null default false;

alter table clone drop constraint clone_state_check;
alter table clone add constraint clone_state_check check (state in ('RESERVED', 'READY', 'DELETING'));
alter table clone drop constraint clone_check;
alter table clone add constraint clone_ready_check check ((state = 'RESERVED') = (ready_at is null));
-- Room is promised to jobs now.
drop index clone_reserved;
alter table clone drop column needed_bytes;
alter table clone
  add column batch_id   uuid,                     -- the batch that made it; no reference, as for job_id
  add column deleted_by uuid,                     -- the job that removes it
  add constraint clone_deleting_check check ((state = 'DELETING') = (deleted_by is not null));
create index clone_batch on clone (batch_id) where batch_id is not null;
