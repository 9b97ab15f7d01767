-- A version's later life: which one is the latest, recall, retirement; and clones that stop depending on theirs.

alter table job drop constraint job_type_check;
alter table job add constraint job_type_check
  check (type in ('SYSPREP', 'CLONE', 'CLONE_BATCH', 'DELETE', 'DELETE_BATCH', 'VERIFY', 'AUDIT', 'AUDIT_HOST', 'PROMOTE', 'RECALL',
    'RETIRE', 'FLATTEN', 'CANCEL', 'PREFLIGHT', 'DRILL', 'DRILL_PART'));

-- Moved by a seal and by a promote alone. Where it points to a version that nothing is cast from any more, the newest sealed
-- one below it counts, and where there is none, the newest sealed one: that is asked at each use and kept nowhere.
alter table template add column latest integer;
update template t
   set latest = (select max(v.version) from template_version v where v.template = t.name and v.state = 'SEALED');

alter table template_version drop constraint template_version_state_check;
alter table template_version add constraint template_version_state_check
  check (state in ('SEALING', 'SEALED', 'QUARANTINED', 'RECALLED', 'RETIRED'));
-- What a version was quarantined or recalled for is still known when its images are gone.
alter table template_version drop constraint template_version_check1;
alter table template_version
  add column recalled_at  timestamptz,
  add column recalled_for text,             -- the caller's own words, when there were any
  add column retired_by   uuid,             -- the job that removes its images, or has; no reference: ended jobs are forgotten
  add column retired_at   timestamptz,
  add constraint template_version_quarantined_check check (state <> 'QUARANTINED' or quarantined_for is not null),
  add constraint template_version_recalled_check check (state <> 'RECALLED' or recalled_at is not null),
  add constraint template_version_retired_check check ((state = 'RETIRED') = (retired_at is not null)),
  add constraint template_version_retiring_check check (retired_at is null or retired_by is not null);

-- The job that copies what the clone reads from its version into its own disks. The clone is a clone as before meanwhile;
-- no other job of this kind and no deletion begins.
alter table clone add column held_by uuid;
alter table clone add constraint clone_held_check check (held_by is null or state = 'READY');
