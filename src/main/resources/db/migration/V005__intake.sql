-- What intake, the relay and the gauges ask for often, at a cost that does not grow with the backlog.

-- How many jobs of a host wait, by state, counted up to a limit.
create index job_waiting_state on job (host, state, batch_id) where state in ('QUEUED', 'RETRYING', 'PARKED');

-- Messages that no queue took hold back the later ones of their key. They are few, and the others can be very many:
-- each kind has its own index, so that no statement can be planned to read the many in search of the few.
drop index outbox_unsent;
drop index outbox_unsent_key;
create index outbox_fresh on outbox (id) where sent_at is null and returns = 0;
create index outbox_returned on outbox (order_key, id) where sent_at is null and returns > 0;
