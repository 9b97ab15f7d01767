-- The comparison of hosts with what stands here, and a host's part of it.

alter table job drop constraint job_type_check;
alter table job add constraint job_type_check
  check (type in ('SYSPREP', 'IMPORT', 'CLONE', 'CLONE_BATCH', 'DELETE', 'DELETE_BATCH', 'VERIFY', 'AUDIT',
    'AUDIT_HOST', 'PROMOTE', 'RECALL', 'RETIRE', 'FLATTEN', 'RECONCILE', 'RECONCILE_HOST', 'CANCEL',
    'PREFLIGHT', 'DRILL', 'DRILL_PART'));
