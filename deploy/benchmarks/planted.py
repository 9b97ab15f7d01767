"""Accepted commands that wait, put into the table by hand: a million of them would take the worker hours."""

# They wait for their next try: those that wait for their first would make intake hold new commands back.
PLANT = """
insert into job (id, command_id, content_hash, type, spec, host, subject, state, run_after)
select gen_random_uuid(), 'planted-' || n, sha256(n::text::bytea), 'CLONE', '{}', 'hv1', 'planted-' || n, 'RETRYING',
       clock_timestamp() + interval '1 year'
  from generate_series(%s, %s) n
"""
COUNT = "select count(*) from job where command_id like 'planted-%'"
# As the superuser without triggers: none of the rows has anything that depends on it.
UPROOT = """
set session_replication_role = replica;
delete from job where command_id like 'planted-%' and substr(command_id, 9)::int > {};
"""


def plant(lab, wanted):
    """Makes it so many, and leaves the table as autovacuum would soon leave it."""
    [(there,)] = lab.sql(COUNT)
    if there < wanted:
        lab.sql(PLANT, (there + 1, wanted))
    if there > wanted:
        lab.sql_as_superuser(UPROOT.format(wanted))
    lab.sql_as_superuser("vacuum analyze job;")
