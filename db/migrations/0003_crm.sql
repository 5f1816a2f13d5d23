-- Connections to CRMs: what was read, what was sent, what waits, and the log of every call.

-- Phones and e-mails of clients, one row each: a scan of 100 000 contacts looks them up, and under
-- row-level security only btree equality is used as an index condition.
create table client_contacts (
  company_id uuid not null,
  kind text not null check (kind in ('phone', 'email')),
  value text not null,
  client_id uuid not null,
  primary key (company_id, kind, value, client_id),
  foreign key (company_id, client_id) references clients (company_id, id) on delete cascade
);
create index client_contacts_by_client on client_contacts (company_id, client_id);

create function keep_client_contacts() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from client_contacts as contact
    using before
    where contact.company_id = before.company_id and contact.client_id = before.id;
  end if;
  insert into client_contacts (company_id, kind, value, client_id)
  select company_id, 'phone', phone, id
  from after
  cross join lateral unnest(phone_numbers) as phone
  where removed_at is null
  union
  select company_id, 'email', lower(email), id
  from after
  cross join lateral unnest(emails) as email
  where removed_at is null and email <> '';
  return null;
end
$$;
create trigger clients_contacts_added after insert on clients
  referencing new table as after
  for each statement execute function keep_client_contacts();
create trigger clients_contacts_changed after update on clients
  referencing old table as before new table as after
  for each statement execute function keep_client_contacts();
insert into client_contacts (company_id, kind, value, client_id)
select company_id, 'phone', phone, id
from clients
cross join lateral unnest(phone_numbers) as phone
where removed_at is null
union
select company_id, 'email', lower(email), id
from clients
cross join lateral unnest(emails) as email
where removed_at is null and email <> '';

create table crm_connections (
  company_id uuid not null references companies (company_id),
  id uuid not null,
  kind text not null check (kind in ('bitrix24', 'amocrm', 'webhook')),
  -- Host of the portal; the address itself is a secret where it holds a key.
  account text not null,
  -- Not secret: stage map, what the adapter remembers.
  settings jsonb not null default '{}',
  -- AES-256-GCM: key id, nonce, tag and text.
  secrets bytea not null,
  state text not null default 'active' check (state in ('active', 'stopped', 'removed')),
  -- A Russian sentence for the owner.
  problem text,
  currency text not null default 'RUB',
  -- The CRM's own id of the account, compared with what its webhooks say.
  account_id text,
  last_event_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (company_id, id)
);
create unique index crm_connections_live on crm_connections (company_id, kind, account)
  where state <> 'removed';

-- The scan of a connection: its place, its progress, and who works on it.
create table crm_syncs (
  company_id uuid not null,
  connection_id uuid not null,
  cursor jsonb,
  -- Of the current full scan; rows not seen since are gone when it completes.
  full_started_at timestamptz,
  state text not null default 'done' check (state in ('running', 'done', 'failed')),
  clients int not null default 0,
  deals int not null default 0,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  -- Of the last complete scan.
  complete_at timestamptz,
  full_complete_at timestamptz,
  error text,
  lease_holder uuid,
  lease_until timestamptz,
  primary key (company_id, connection_id),
  foreign key (company_id, connection_id) references crm_connections (company_id, id)
);

create table crm_clients (
  company_id uuid not null,
  connection_id uuid not null,
  entity text not null check (entity in ('contact', 'company')),
  remote_id text not null,
  client_id uuid,
  -- The record as it was last read, in our words.
  sync_data jsonb not null,
  remote_hash text not null,
  remote_updated_at timestamptz not null,
  seen_at timestamptz not null,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (company_id, connection_id, entity, remote_id),
  unique (company_id, connection_id, entity, client_id),
  foreign key (company_id, connection_id) references crm_connections (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id)
);
create index crm_clients_data on crm_clients using gin (company_id, sync_data jsonb_path_ops);
create index crm_clients_by_client on crm_clients (company_id, client_id);

create table crm_deals (
  company_id uuid not null,
  connection_id uuid not null,
  remote_id text not null,
  estimate_id uuid,
  sync_data jsonb not null,
  remote_hash text not null,
  remote_updated_at timestamptz not null,
  -- What we last wrote there: the hash that its echo will have, and the revision.
  pushed_hash text,
  pushed_revision int,
  attached_revision int,
  seen_at timestamptz not null,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (company_id, connection_id, remote_id),
  unique (company_id, connection_id, estimate_id),
  foreign key (company_id, connection_id) references crm_connections (company_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);
create index crm_deals_data on crm_deals using gin (company_id, sync_data jsonb_path_ops);
create index crm_deals_by_estimate on crm_deals (company_id, estimate_id);

-- «Это один и тот же клиент?»
create table crm_reviews (
  company_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  entity text not null,
  remote_id text not null,
  candidates uuid[] not null,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by uuid,
  primary key (company_id, id),
  unique (company_id, connection_id, entity, remote_id),
  foreign key (company_id, connection_id, entity, remote_id)
    references crm_clients (company_id, connection_id, entity, remote_id)
);
create index crm_reviews_open on crm_reviews (company_id, id) where decided_at is null;

create table crm_inbox (
  company_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  body_hash text not null,
  -- [{entity, id, isDeletion}]
  refs jsonb not null,
  received_at timestamptz not null default now(),
  -- From here on an equal body is news again: the record may have changed after it was read.
  taken_at timestamptz,
  handled_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, connection_id) references crm_connections (company_id, id)
);
create unique index crm_inbox_waiting on crm_inbox (company_id, connection_id, body_hash)
  where taken_at is null;
create index crm_inbox_open on crm_inbox (company_id, connection_id, id) where handled_at is null;
create index crm_inbox_age on crm_inbox using brin (received_at);

create table crm_pushes (
  company_id uuid not null,
  connection_id uuid not null,
  estimate_id uuid not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'sending', 'unknown', 'done', 'failed')),
  revision int not null,
  attempts int not null default 0,
  error text,
  -- One worker at a time; taken over when it is silent.
  lease_holder uuid,
  lease_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (company_id, connection_id, estimate_id),
  foreign key (company_id, connection_id) references crm_connections (company_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);
create trigger crm_pushes_updated before update on crm_pushes
  for each row execute function keep_updated_at();

-- Every call to an outside system, by month: old months are dropped whole.
create table integration_logs (
  company_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  system text not null,
  operation text not null,
  status int,
  error text,
  duration_ms int not null,
  request jsonb,
  response jsonb,
  request_bytes int not null default 0,
  response_bytes int not null default 0,
  correlation_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (company_id, id, created_at)
) partition by range (created_at);
create index integration_logs_newest on integration_logs (company_id, created_at desc);
create index integration_logs_errors on integration_logs (company_id, created_at desc)
  where error is not null;

-- Never missing a place: what no month takes falls in here.
create table integration_logs_default partition of integration_logs default;
revoke all on integration_logs_default from smetka_app;

create function keep_integration_log_months(now timestamptz, kept interval) returns int
  language plpgsql security definer set search_path = public as $$
declare
  month date;
  part text;
  dropped int := 0;
begin
  for month in
    select generate_series(date_trunc('month', now), date_trunc('month', now) + interval '1 month',
      interval '1 month')
  loop
    part := 'integration_logs_' || to_char(month, 'YYYY_MM');
    if to_regclass(part) is null then
      execute format(
        'create table %I partition of integration_logs for values from (%L) to (%L)',
        part, month, month + interval '1 month');
      execute format('revoke all on %I from smetka_app', part);
    end if;
  end loop;
  for part in
    select child.relname
    from pg_inherits
    join pg_class as child on child.oid = pg_inherits.inhrelid
    where pg_inherits.inhparent = 'integration_logs'::regclass
      and child.relname ~ '^integration_logs_\d{4}_\d{2}$'
      and to_date(right(child.relname, 7), 'YYYY_MM') + interval '1 month' <= now - kept
  loop
    execute format('drop table %I', part);
    dropped := dropped + 1;
  end loop;
  return dropped;
end
$$;
revoke all on function keep_integration_log_months from public;
select keep_integration_log_months(now(), interval '90 days');

-- One bucket per account of an outside system, whoever in whatever process calls it.
create table rate_limits (
  key text primary key,
  tokens double precision not null,
  refilled_at timestamptz not null,
  blocked_until timestamptz
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array[
    'client_contacts', 'crm_connections', 'crm_syncs', 'crm_clients', 'crm_deals', 'crm_reviews',
    'crm_inbox', 'crm_pushes', 'integration_logs'
  ] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy own_company on %I using (company_id = (select current_company()))
       with check (company_id = (select current_company()))', tenant_table);
  end loop;
end
$$;
