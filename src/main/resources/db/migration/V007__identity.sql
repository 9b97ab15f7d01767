-- What is known of the guests' own identities.

alter table clone
  add column machine_id text unique               -- known before the first boot, or told by the guest itself
    check (machine_id ~ '^[0-9a-f]{32}$'),
  add column verified_at     timestamptz,         -- when the guest last said that it is who it should be
  add column quarantined_for text;                -- why it was taken off the network; it is as good as any clone to delete

alter table job drop constraint job_type_check;
alter table job add constraint job_type_check
  check (type in ('SYSPREP', 'CLONE', 'CLONE_BATCH', 'DELETE', 'DELETE_BATCH', 'VERIFY', 'CANCEL'));

-- Public halves alone: a private key stands in the clone's seed, and nowhere else.
create table ssh_host_key (
  fingerprint text primary key                    -- no two guests of the fleet have the same key
              check (fingerprint ~ '^SHA256:[A-Za-z0-9+/]{43}$'),
  clone_id    uuid not null references clone on delete cascade,
  public_key  text not null,                      -- type and key, as in known_hosts
  minted      boolean not null                    -- made by Cetak, rather than told by the guest
);
create index ssh_host_key_clone on ssh_host_key (clone_id);
