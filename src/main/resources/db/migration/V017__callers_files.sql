-- A caller's cloud-init files may hold secrets, and an ended job needs them no more: nothing runs it again, and a repetition of
-- its command is told by content_hash. So they leave with the state. What stays of each file is its digest and its length.

create function without_files(command jsonb) returns jsonb language plpgsql immutable strict as $$
declare
  place text;
  name  text;
  file  text[];
begin
  -- Of a clone and of what the members of a batch share; of a batch; of dry runs of the two.
  foreach place in array array['cloudInit', 'options,cloudInit', 'of,cloudInit', 'of,options,cloudInit'] loop
    foreach name in array array['userData', 'networkConfig'] loop
      file := string_to_array(place || ',' || name, ',');
      -- An object where a text was: whoever took it for a command again would fail, not make a clone without its files.
      if jsonb_typeof(command #> file) = 'string' then
        command := jsonb_set(command, file, jsonb_build_object(
          'sha256', encode(sha256(convert_to(command #>> file, 'UTF8')), 'hex'),
          'bytes', octet_length(convert_to(command #>> file, 'UTF8'))));
      end if;
    end loop;
  end loop;
  return command;
end $$;

-- Here, and not in the statement that ends a job: no way to end one can forget it, nor can a worker of an older version.
create function forget_files() returns trigger language plpgsql as $$
begin
  new.spec := without_files(new.spec);
  new.shared_spec := without_files(new.shared_spec); -- a batch ends after its last member
  return new;
end $$;
create trigger job_forgets_files before update of ended_at on job
  for each row when (old.ended_at is null and new.ended_at is not null) execute function forget_files();

update job set spec = without_files(spec), shared_spec = without_files(shared_spec)
 where ended_at is not null and (spec <> without_files(spec) or shared_spec <> without_files(shared_spec));

-- Commands that were handed to another host or became dead letters: once the broker has them, no one sends them again.
update outbox set body = '' where exchange in ('cetak.commands', 'cetak.dead') and sent_at is not null;
