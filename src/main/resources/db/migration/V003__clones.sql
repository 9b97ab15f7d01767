-- The fleet's clones, and who has which MAC address.

-- An entry is made before the clone's first file and removed when its job is undone, so a name that stands here is taken.
create table clone (
  id           uuid primary key,            -- the domain's UUID; it names the folder of the images
  job_id       uuid not null unique,        -- the job that makes it. No reference: ended jobs are forgotten, clones are not
  name         text not null unique         -- one in the fleet, not only on the host
                 check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  host         text not null,               -- where its images and its domain are
  template     text not null,               -- with version: what its linked disks lie on, so that it can be found before a retire
  version      integer not null check (version > 0),
  disk         text not null check (disk in ('LINKED', 'FULL')), -- a FULL clone needs its template no more
  state        text not null check (state in ('RESERVED', 'READY')),
  instance_id  text not null unique,        -- what cloud-init knows it by: two guests of one id would not renew their keys
  hostname     text not null,               -- what the guest calls itself; the caller may want the same for two guests
  labels       jsonb not null,              -- the caller's own words; never read by Cetak
  needed_bytes bigint not null check (needed_bytes >= 0), -- counted as used by other plans on the host while RESERVED
  created_at   timestamptz not null default clock_timestamp(),
  ready_at     timestamptz,                 -- when it was read back whole
  check ((state = 'READY') = (ready_at is not null))
);
-- The sum of what is being made on a host reads these few rows only.
create index clone_reserved on clone (host) where state = 'RESERVED';
create index clone_origin on clone (template, version);

create table mac (
  address  text primary key                 -- lower case, so that one address has one spelling
             check (address ~ '^52:54:00(:[0-9a-f]{2}){3}$'),
  clone_id uuid not null references clone on delete cascade,
  nic      integer not null check (nic >= 0), -- the interface's place in the definition
  unique (clone_id, nic)
);
