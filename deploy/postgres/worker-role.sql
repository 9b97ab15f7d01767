-- What a worker's own login may do: everything with rows, but nothing with tables, and of the trail only add and read.
-- Run by the owner of the tables, in Cetak's database, once it has been migrated and again after each migration:
--
--   createuser --pwprompt cetak_worker
--   psql -d cetak -f worker-role.sql

grant usage on schema public to cetak_worker;
grant select, insert, update, delete on all tables in schema public to cetak_worker;
revoke update, delete on trail from cetak_worker;
revoke insert, update, delete on flyway_schema_history from cetak_worker;
