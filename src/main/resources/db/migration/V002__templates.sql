-- Templates: their locks and their sealed versions.

create table template (
  name         text primary key,
  fence        bigint not null default 0,   -- grows with every grant; a write with an older one changes nothing
  next_version integer not null default 1 check (next_version > 0) -- numbers are never used twice, also after a failed seal
);

-- A lock belongs to a job, not to a process or a connection: it is released in the transaction that ends the job, so it lasts
-- exactly as long as the job can still act, however often its worker dies. Waiting requests stand here too, in order.
create table template_lease (
  template     text not null references template,
  job_id       uuid not null references job on delete cascade,
  exclusive    boolean not null,
  ticket       bigint generated always as identity,  -- first come, first served: a waiting seal is not overtaken by clones
  fence        bigint,                                -- null while it waits
  refreshed_at timestamptz not null default clock_timestamp(), -- a request nobody asks about any more stops blocking others
  primary key (template, job_id)
);

create table template_version (
  id              uuid primary key,         -- the seal's job id; names the folder of the images
  template        text not null references template,
  version         integer not null check (version > 0),
  parent          integer,                  -- the version it was cast from, when it was
  host            text not null,            -- where the images are
  state           text not null check (state in ('SEALING', 'SEALED', 'QUARANTINED')),
  domain_xml      text,                     -- as recorded at the seal: what clones are cast from
  nvram           boolean not null default false,
  attestation     jsonb,
  fence           bigint not null,          -- of the exclusive lock that the seal held
  quarantined_for text check (quarantined_for in ('started', 'changed', 'missing')),
  digest_at       timestamptz,              -- when the images were last compared with their digests
  sealed_at       timestamptz,
  unique (template, version),
  check ((state = 'SEALING') = (sealed_at is null)),
  check ((state = 'QUARANTINED') = (quarantined_for is not null)),
  check (state = 'SEALING' or domain_xml is not null)
);

-- Written once, when the version becomes SEALED.
create table template_file (
  id          bigint generated always as identity primary key,
  version_id  uuid not null references template_version on delete cascade,
  name        text not null,                -- disk-0.qcow2, disk-1.qcow2, nvram.fd
  target      text,                         -- the disk's target in the domain; null for NVRAM
  virtual_size_bytes bigint,                -- null for NVRAM
  digest      text not null check (digest ~ '^[0-9a-f]{64}$'),
  fingerprint text not null,                -- metadata that changes when the file does; looked at before every clone
  unique (version_id, name)
);
