-- A key that is revoked: open sockets of its program are closed, those of the person who made it are not.
create function tell_of_key() returns trigger
  language plpgsql as $$
begin
  insert into live_events (company_id, kind, details)
  values (new.company_id, 'signed_out', jsonb_build_object('keyId', new.id));
  return null;
end
$$;
create trigger api_keys_are_told after update on api_keys
  for each row when (old.revoked_at is null and new.revoked_at is not null)
  execute function tell_of_key();
