-- An audit, and its members, which read one host each and report by their journal.

alter table job drop constraint job_type_check;
alter table job add constraint job_type_check
  check (type in ('SYSPREP', 'CLONE', 'CLONE_BATCH', 'DELETE', 'DELETE_BATCH', 'VERIFY', 'AUDIT', 'AUDIT_HOST',
    'CANCEL'));
