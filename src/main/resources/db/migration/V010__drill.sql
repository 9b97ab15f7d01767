-- Drills of the barrier: each layer of each sealed version, tried for real.

alter table job drop constraint job_type_check;
alter table job add constraint job_type_check
  check (type in ('SYSPREP', 'CLONE', 'CLONE_BATCH', 'DELETE', 'DELETE_BATCH', 'VERIFY', 'AUDIT', 'AUDIT_HOST',
    'CANCEL', 'PREFLIGHT', 'DRILL', 'DRILL_PART'));

alter table template_version
  add column drilled_at     timestamptz,                    -- when its layers were last tried; null before the first drill
  add column barrier_broken boolean not null default false; -- what that drill found
