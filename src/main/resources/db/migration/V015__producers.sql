-- Who asked: the AMQP user that the broker vouches for, with each job and each clone.

alter table job
  add column producer text,                 -- null: the message said no user
  -- How many clones the command asks for, itself or by its members; they count against a quota until it has ended.
  add column clones   integer not null default 0 check (clones >= 0);
create index job_asked on job (producer)
  where clones > 0 and state in ('QUEUED', 'RUNNING', 'PARKED', 'RETRYING', 'UNDOING');

-- Kept with the clone, because ended jobs are forgotten and clones are not.
alter table clone add column producer text;
create index clone_producer on clone (producer) where producer is not null;

-- A cancel that overtakes its target stops it only for whom it came from; '' stops it for everybody.
alter table cancellation add column producer text not null default '';
alter table cancellation drop constraint cancellation_pkey;
alter table cancellation add primary key (target, producer);
