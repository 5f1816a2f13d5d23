-- What happened, for those who look right now. A row per batch of changes, change of status, document,
-- notification, step of a CRM scan; written by triggers in the transaction of what it tells of, so no
-- writer can forget it and nothing is told that was rolled back. Kept for a day.

create table live_events (
  -- Without a foreign key: 32 writers of one company would queue for the lock on its row.
  company_id uuid not null,
  -- Readers go by this and by their last snapshot, not by the order of ids: a transaction that committed
  -- late is neither missed nor waited for. See docs/decisions/0015-live-events.md.
  transaction_id xid8 not null default pg_current_xact_id(),
  -- The order of what happened to one thing: taken under the lock of its row.
  id bigint generated always as identity,
  kind text not null check (
    kind in ('changes', 'estimate', 'document', 'notifications', 'crm_sync', 'signed_out')
  ),
  estimate_id uuid,
  -- Of the estimate, after the batch.
  version int,
  -- Whom it is about: who ordered the document, who lost a session or got another role.
  user_id uuid,
  details jsonb,
  created_at timestamptz not null default now(),
  primary key (company_id, transaction_id, id)
);
create index live_events_by_transaction on live_events (transaction_id);
create index live_events_age on live_events using brin (created_at);

alter table live_events enable row level security;
create policy own_company on live_events using (company_id = (select current_company()))
  with check (company_id = (select current_company()));

create function tell_of_changes() returns trigger
  language plpgsql as $$
begin
  insert into live_events (company_id, kind, estimate_id, version)
  select company_id, 'changes', estimate_id, version
  from new_rows
  group by company_id, estimate_id, version;
  return null;
end
$$;
create trigger estimate_changes_are_told after insert on estimate_changes
  referencing new table as new_rows
  for each statement execute function tell_of_changes();

create function tell_of_estimate() returns trigger
  language plpgsql as $$
begin
  insert into live_events (company_id, kind, estimate_id, version)
  values (new.company_id, 'estimate', new.id, new.version);
  return null;
end
$$;
create trigger estimates_are_told_when_made after insert on estimates
  for each row execute function tell_of_estimate();
create trigger estimates_are_told after update on estimates
  for each row
  when (
    (old.status, old.revision, old.removed_at, old.foreman_id)
      is distinct from (new.status, new.revision, new.removed_at, new.foreman_id)
  )
  execute function tell_of_estimate();

create function tell_of_document() returns trigger
  language plpgsql as $$
begin
  insert into live_events (company_id, kind, estimate_id, user_id, details)
  values (
    new.company_id, 'document', new.estimate_id, new.ordered_by,
    jsonb_build_object('documentId', new.id, 'format', new.format, 'status', new.status)
  );
  return null;
end
$$;
create trigger documents_are_told_when_ordered after insert on documents
  for each row execute function tell_of_document();
create trigger documents_are_told after update on documents
  for each row when (old.status is distinct from new.status)
  execute function tell_of_document();

create function tell_of_notifications() returns trigger
  language plpgsql as $$
begin
  insert into live_events (company_id, kind, details)
  select company_id, 'notifications', jsonb_build_object(status, count(*))
  from new_rows
  group by company_id, status;
  return null;
end
$$;
create trigger telegram_notifications_are_told_when_made after insert on telegram_notifications
  referencing new table as new_rows
  for each statement execute function tell_of_notifications();

create function tell_of_notification() returns trigger
  language plpgsql as $$
begin
  insert into live_events (company_id, kind, details)
  values (new.company_id, 'notifications', jsonb_build_object(new.status, 1));
  return null;
end
$$;
create trigger telegram_notifications_are_told after update on telegram_notifications
  for each row when (old.status is distinct from new.status)
  execute function tell_of_notification();

create function tell_of_crm_sync() returns trigger
  language plpgsql as $$
begin
  insert into live_events (company_id, kind, details)
  values (
    new.company_id, 'crm_sync',
    jsonb_build_object(
      'connectionId', new.connection_id, 'state', new.state, 'clients', new.clients, 'deals', new.deals
    )
  );
  return null;
end
$$;
create trigger crm_syncs_are_told_when_made after insert on crm_syncs
  for each row execute function tell_of_crm_sync();
create trigger crm_syncs_are_told after update on crm_syncs
  for each row
  when (
    (old.state, old.clients, old.deals) is distinct from (new.state, new.clients, new.deals)
  )
  execute function tell_of_crm_sync();

-- Another role, removal from the team, a session ended: open sockets of the person are closed.
create function tell_of_person() returns trigger
  language plpgsql as $$
begin
  insert into live_events (company_id, kind, user_id)
  values (new.company_id, 'signed_out', new.user_id);
  return null;
end
$$;
create trigger memberships_are_told after update on memberships
  for each row
  when ((old.role, old.removed_at) is distinct from (new.role, new.removed_at))
  execute function tell_of_person();
create trigger sessions_are_told after update on sessions
  for each row when (old.revoked_at is null and new.revoked_at is not null)
  execute function tell_of_person();
