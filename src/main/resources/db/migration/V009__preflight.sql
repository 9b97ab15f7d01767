-- Dry runs, and how long jobs took.

alter table job drop constraint job_type_check;
alter table job add constraint job_type_check
  check (type in ('SYSPREP', 'CLONE', 'CLONE_BATCH', 'DELETE', 'DELETE_BATCH', 'VERIFY', 'AUDIT', 'AUDIT_HOST',
    'CANCEL', 'PREFLIGHT'));

-- The last jobs of a type on a host, for a forecast; members of batches are not measured one by one.
create index job_measured on job (host, type, ended_at) where state = 'COMPLETED' and batch_id is null;
