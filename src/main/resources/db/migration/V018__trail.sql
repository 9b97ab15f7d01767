-- Who asked for what, and what came of it: rows that are added and never changed, in the transaction of what they tell. Written
-- by triggers, so that no code that makes, ends or refuses a command can forget it. Holds no content of a command.

create table trail (
  id         bigint generated always as identity primary key,
  at         timestamptz not null default clock_timestamp(),
  what       text not null check (what in ('accepted', 'ended', 'rejected')),
  job_id     uuid,                       -- null when rejected; no reference: jobs may be forgotten, this is not
  command_id text not null,              -- of a member of a batch: the batch's with a slash and its number
  type       text,                       -- null when rejected
  producer   text,                       -- the AMQP user that the broker vouched for; null when the message said none
  own        boolean not null default false, -- nobody sent it: a worker of the host made it for itself
  host       text not null,              -- where it is done; of a rejection, who refused it
  subject    text,                       -- the template or clone; null when rejected
  state      text,                       -- how it ended
  code       text,                       -- why it ended other than well, or was rejected
  unique (job_id, what),                 -- whatever crashes and comes again, both are there once
  check ((what = 'rejected') = (job_id is null)),
  check ((what = 'ended') = (state is not null))
);
create index trail_at on trail (at);

-- One statement accepts many commands, and adds their rows with one more. A cancel ends as it is accepted.
create function trail_accepted() returns trigger language plpgsql as $$
begin
  insert into trail (what, job_id, command_id, type, producer, own, host, subject, state)
  select what, job.id, command_id, type, producer, command_id like 'start/%', host, subject,
         case what when 'ended' then job.state end
    from added job, (values (1, 'accepted'), (2, 'ended')) as kind (place, what)
   where what = 'accepted' or ended_at is not null
   order by place, command_id;
  return null;
end $$;
create trigger job_trail_accepted after insert on job
  referencing new table as added for each statement execute function trail_accepted();

create function trail_ended() returns trigger language plpgsql as $$
begin
  insert into trail (what, job_id, command_id, type, producer, own, host, subject, state, code)
  values ('ended', new.id, new.command_id, new.type, new.producer, new.command_id like 'start/%', new.host, new.subject,
          new.state, new.verdict_code);
  return null;
end $$;
create trigger job_trail_ended after update of ended_at on job
  for each row when (old.ended_at is null and new.ended_at is not null) execute function trail_ended();

-- What a refusal tells its caller says all that is known of the command.
create function trail_rejected() returns trigger language plpgsql as $$
declare
  told jsonb := convert_from(new.body, 'UTF8')::jsonb -> 'data';
begin
  insert into trail (what, command_id, producer, host, code)
  values ('rejected', coalesce(told ->> 'commandId', 'unknown'), told ->> 'producer', told ->> 'host', told ->> 'code');
  return null;
end $$;
create trigger outbox_trail_rejected after insert on outbox
  for each row when (new.exchange = 'cetak.events' and new.routing_key = 'command.rejected')
  execute function trail_rejected();

create function trail_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'The trail is only added to: % is refused.', tg_op;
end $$;
create trigger trail_is_only_added_to before update or delete or truncate on trail
  for each statement execute function trail_refuse();
-- Also in a session that plays the part of a replica, where other triggers rest.
alter table trail enable always trigger trail_is_only_added_to;

-- What is known of the jobs that were there before.
insert into trail (at, what, job_id, command_id, type, producer, own, host, subject, state, code)
select case what when 'ended' then ended_at else accepted_at end, what, id, command_id, type, producer,
       command_id like 'start/%', host, subject,
       case what when 'ended' then job.state end, case what when 'ended' then verdict_code end
  from job, (values ('accepted'), ('ended')) as kind (what)
 where what = 'accepted' or ended_at is not null
 order by 1;
