-- Imports: versions that were never a domain.

alter table job drop constraint job_type_check;
alter table job add constraint job_type_check
  check (type in ('SYSPREP', 'IMPORT', 'CLONE', 'CLONE_BATCH', 'DELETE', 'DELETE_BATCH', 'VERIFY', 'AUDIT', 'AUDIT_HOST', 'PROMOTE',
    'RECALL', 'RETIRE', 'FLATTEN', 'CANCEL', 'PREFLIGHT', 'DRILL', 'DRILL_PART'));

alter table template_version
  add column kind text not null default 'SYSPREPPED'  -- how it came about
    check (kind in ('SYSPREPPED', 'CLOUD_IMAGE'));
