-- People, companies, clients, objects, estimates and the conversation state of the chat.
-- Keys of tenant tables begin with company_id, foreign keys carry it: the schema itself refuses to mix
-- companies, and the tables can be distributed by it.

create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- The program works under this role: it owns nothing, so row-level security binds it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'smetka_app') then
    create role smetka_app nologin;
  end if;
exception
  -- Roles belong to the whole cluster: another database's migration was faster.
  when duplicate_object or unique_violation then null;
end
$$;
grant smetka_app to current_user;

grant usage on schema public to smetka_app;
alter default privileges in schema public grant select, insert, update, delete on tables to smetka_app;
alter default privileges in schema public grant usage, select on sequences to smetka_app;

-- Jobs are sent inside business transactions, so under the same role.
create schema if not exists pgboss;
grant usage on schema pgboss to smetka_app;
alter default privileges in schema pgboss grant select, insert, update, delete on tables to smetka_app;

create function current_company() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('app.company_id', true), '')::uuid;

create function keep_updated_at() returns trigger
  language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end
$$;

-- People and companies ------------------------------------------------------------------------------

create table users (
  user_id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table companies (
  company_id uuid primary key,
  name text not null,
  full_name text not null default '',
  inn text not null default '',
  kpp text not null default '',
  ogrn text not null default '',
  address text not null default '',
  phone text not null default '',
  email text not null default '',
  bank_name text not null default '',
  bank_bik text not null default '',
  bank_account text not null default '',
  bank_correspondent_account text not null default '',
  signatory text not null default '',
  timezone text not null default 'Europe/Moscow',
  created_at timestamptz not null default now()
);

create table company_vat_modes (
  company_id uuid not null references companies (company_id),
  valid_from date not null,
  mode jsonb not null,
  primary key (company_id, valid_from)
);

create table memberships (
  company_id uuid not null references companies (company_id),
  user_id uuid not null references users (user_id),
  role text not null check (role in ('owner', 'manager', 'foreman')),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (company_id, user_id)
);
create index memberships_by_user on memberships (user_id) where removed_at is null;

create table telegram_users (
  telegram_id bigint primary key,
  user_id uuid not null references users (user_id),
  username text,
  first_name text not null,
  last_name text,
  language_code text,
  -- The company that the person works for right now, out of several.
  active_company_id uuid references companies (company_id),
  -- False after the person blocked the bot; any later message makes it true again.
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index telegram_users_by_user on telegram_users (user_id);
create index telegram_users_active on telegram_users (telegram_id) where is_active;
create trigger telegram_users_updated before update on telegram_users
  for each row execute function keep_updated_at();

-- The chat ------------------------------------------------------------------------------------------

-- The question that each conversation of a stored state waits at: the collation key of its last wait.
create function chat_steps(value text) returns jsonb
  language sql immutable parallel safe
  return (
    select coalesce(jsonb_object_agg(conversation.key, step.name), '{}'::jsonb)
    from jsonb_each(value::jsonb -> 'state') as conversation,
      lateral (
        select instance -> 'replay' -> 'send' -> (instance -> 'interrupts' ->> -1)::int ->> 'payload'
        from jsonb_array_elements(conversation.value) as instance
        limit 1
      ) as step (name)
  );

-- Written by @grammyjs/storage-psql, which knows only key and value.
create table chat_state (
  -- Ordered by bytes: what a chat remembers lies together, "42" and "42:card".
  key text collate "C" primary key,
  value text not null,
  state jsonb generated always as (value::jsonb) stored,
  steps jsonb generated always as (chat_steps(value)) stored,
  updated_at timestamptz not null default now()
);
create index chat_state_steps on chat_state using gin (steps);
create index chat_state_age on chat_state (updated_at);
create trigger chat_state_updated before update on chat_state
  for each row execute function keep_updated_at();

create table telegram_updates (
  bot_id bigint not null,
  update_id bigint not null,
  received_at timestamptz not null default now(),
  primary key (bot_id, update_id)
);
create index telegram_updates_age on telegram_updates using brin (received_at);

create table telegram_update_failures (
  bot_id bigint not null,
  update_id bigint not null,
  attempts int not null,
  error text not null,
  failed_at timestamptz not null default now(),
  primary key (bot_id, update_id)
);

-- Clients and objects -------------------------------------------------------------------------------

create table clients (
  company_id uuid not null references companies (company_id),
  id uuid not null,
  name text not null,
  kind text not null check (kind in ('person', 'organisation')),
  phones jsonb not null default '[]',
  -- The understood numbers of `phones`, for finding.
  phone_numbers text[] not null default '{}',
  emails text[] not null default '{}',
  inn text not null default '',
  address text not null default '',
  note text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (company_id, id)
);
create index clients_by_phone on clients using gin (company_id, phone_numbers);
create trigger clients_updated before update on clients
  for each row execute function keep_updated_at();

create table projects (
  company_id uuid not null references companies (company_id),
  id uuid not null,
  title text not null,
  address text not null default '',
  client_id uuid,
  note text not null default '',
  used_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id)
);
create index projects_by_use on projects (company_id, used_at desc, id desc);
create index projects_by_client on projects (company_id, client_id);

-- Estimates -----------------------------------------------------------------------------------------

create table estimate_counters (
  company_id uuid not null references companies (company_id),
  year int not null,
  last_sequence int not null,
  primary key (company_id, year)
);

create table estimates (
  company_id uuid not null references companies (company_id),
  id uuid not null,
  number_year int not null,
  number_sequence int not null,
  status text not null default 'draft'
    check (status in ('draft', 'submitted', 'approved', 'returned', 'archived')),
  -- Grows by one with each accepted batch of changes.
  version int not null default 0,
  revision int not null default 1,
  project_id uuid,
  client_id uuid,
  title text not null,
  date date not null,
  valid_until date,
  vat jsonb not null,
  discount jsonb,
  price_kind text not null check (price_kind in ('firm', 'approximate')),
  payment_terms text not null,
  warranty text not null,
  note text not null,
  internal_note text not null,
  -- The sums of all counted lines, kept line by line; see domain/estimate/totals.ts.
  work_amount numeric(16, 2) not null default 0,
  material_amount numeric(16, 2) not null default 0,
  own_work_amount numeric(16, 2) not null default 0,
  own_material_amount numeric(16, 2) not null default 0,
  cost_amount numeric(16, 2) not null default 0,
  uncosted_count int not null default 0,
  line_count int not null default 0,
  -- What the client pays, for lists.
  total_amount numeric(16, 2) not null default 0,
  foreman_id uuid not null references users (user_id),
  created_by uuid not null references users (user_id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (company_id, id),
  unique (company_id, number_year, number_sequence),
  foreign key (company_id, project_id) references projects (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id)
);
create index estimates_by_foreman on estimates (company_id, foreman_id, id desc);
create index estimates_by_project on estimates (company_id, project_id);
create index estimates_by_client on estimates (company_id, client_id);

create table estimate_sections (
  company_id uuid not null,
  estimate_id uuid not null,
  id uuid not null,
  title text not null,
  kind text not null check (kind in ('work', 'material')),
  position text collate "C" not null,
  work_amount numeric(16, 2) not null default 0,
  material_amount numeric(16, 2) not null default 0,
  own_work_amount numeric(16, 2) not null default 0,
  own_material_amount numeric(16, 2) not null default 0,
  cost_amount numeric(16, 2) not null default 0,
  uncosted_count int not null default 0,
  line_count int not null default 0,
  primary key (company_id, estimate_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);

create table estimate_lines (
  company_id uuid not null,
  estimate_id uuid not null,
  id uuid not null,
  section_id uuid,
  position text collate "C" not null,
  kind text not null check (kind in ('work', 'material')),
  name text not null,
  unit text not null,
  quantity numeric(18, 7) not null check (quantity >= 0),
  -- Per unit, before hidden adjustments.
  price numeric(16, 2) not null check (price >= 0),
  cost numeric(16, 2) check (cost >= 0),
  is_optional boolean not null,
  is_chosen boolean not null,
  price_source text not null check (price_source in ('typed', 'catalogue', 'history', 'import')),
  note text not null,
  internal_note text not null,
  primary key (company_id, estimate_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id),
  -- A removed section takes its lines along; a line without a section is not checked.
  foreign key (company_id, estimate_id, section_id)
    references estimate_sections (company_id, estimate_id, id) on delete cascade
);
create index estimate_lines_in_order on estimate_lines (company_id, estimate_id, section_id, position);

create table estimate_adjustments (
  company_id uuid not null,
  estimate_id uuid not null,
  id uuid not null,
  position text collate "C" not null,
  title text not null,
  percent numeric(9, 4) not null check (percent >= 0),
  base text not null check (base in ('works', 'materials', 'all', 'running')),
  is_hidden boolean not null,
  primary key (company_id, estimate_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);

-- The log: replayed from zero it gives the tables above. Also the outbox of live updates.
create table estimate_changes (
  company_id uuid not null,
  estimate_id uuid not null,
  change_id uuid not null,
  version int not null,
  -- The place within the batch of its version.
  ordinal int not null,
  change jsonb not null,
  -- People are never deleted; without a foreign key a long list is not looked up line by line.
  user_id uuid,
  source text not null check (source in ('bot', 'miniapp', 'api', 'crm', 'import')),
  -- Readers of the log go by this, not by time: a transaction that committed late is not missed.
  transaction_id xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default now(),
  primary key (company_id, estimate_id, change_id)
);
create index estimate_changes_in_order on estimate_changes (company_id, estimate_id, version, ordinal);

-- In place of a foreign key, which would look the estimate up for each of a thousand changes: one look
-- per statement. Estimates are never deleted.
create function demand_estimate_of_changes() returns trigger
  language plpgsql as $$
begin
  if exists (
    select
    from new_rows
    left join estimates
      on estimates.company_id = new_rows.company_id and estimates.id = new_rows.estimate_id
    where estimates.id is null
  ) then
    raise exception 'a change of an unknown estimate' using errcode = 'foreign_key_violation';
  end if;
  return null;
end
$$;
create trigger estimate_changes_have_an_estimate after insert on estimate_changes
  referencing new table as new_rows
  for each statement execute function demand_estimate_of_changes();

-- Price list ----------------------------------------------------------------------------------------

create table catalogue_items (
  company_id uuid not null references companies (company_id),
  id uuid not null,
  kind text not null check (kind in ('work', 'material')),
  name text not null,
  -- domain/catalogue.ts nameKey(name)
  name_key text not null,
  unit text not null,
  price numeric(16, 2) not null check (price >= 0),
  cost numeric(16, 2) check (cost >= 0),
  code text not null default '',
  section text not null default '',
  source text not null check (source in ('import', 'learned', 'manual')),
  priced_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (company_id, id),
  unique (company_id, name_key, unit)
);
create index catalogue_items_by_words on catalogue_items
  using gin (company_id, name_key gin_trgm_ops);

-- Lists and tables that people sent -----------------------------------------------------------------

create table kept_lists (
  company_id uuid not null references companies (company_id),
  id uuid not null,
  user_id uuid not null references users (user_id),
  text text not null,
  file_name text,
  mapping jsonb,
  created_at timestamptz not null default now(),
  primary key (company_id, id)
);

create table column_mappings (
  company_id uuid not null references companies (company_id),
  header_key text not null,
  mapping jsonb not null,
  used_at timestamptz not null default now(),
  primary key (company_id, header_key)
);

-- Documents and messages ----------------------------------------------------------------------------

create table documents (
  company_id uuid not null,
  id uuid not null,
  estimate_id uuid not null,
  -- The version of the estimate that the file shows.
  version int not null,
  format text not null check (format in ('pdf', 'xlsx')),
  status text not null default 'ordered' check (status in ('ordered', 'ready', 'sent', 'failed')),
  file_name text not null default '',
  bytes bytea,
  error text,
  ordered_by uuid not null references users (user_id),
  chat_id bigint,
  created_at timestamptz not null default now(),
  primary key (company_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);
create index documents_by_estimate on documents (company_id, estimate_id);

create table telegram_notifications (
  company_id uuid not null references companies (company_id),
  id uuid not null,
  telegram_id bigint not null,
  kind text not null,
  content jsonb not null,
  status text not null default 'waiting'
    check (status in ('waiting', 'sent', 'failed', 'muted')),
  attempts int not null default 0,
  telegram_message_id bigint,
  error text,
  created_at timestamptz not null default now(),
  delivered_at timestamptz,
  primary key (company_id, id)
);
create index telegram_notifications_by_person on telegram_notifications (company_id, telegram_id, id);

-- Doors ---------------------------------------------------------------------------------------------

-- Only hashes of tokens. Found before the company is known, so outside row-level security.
create table sessions (
  token_hash bytea primary key,
  company_id uuid not null,
  user_id uuid not null references users (user_id),
  kind text not null check (kind in ('miniapp', 'manager')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  foreign key (company_id, user_id) references memberships (company_id, user_id)
);
create index sessions_age on sessions (expires_at);
revoke all on sessions from smetka_app;

-- Row-level security: the second wall ---------------------------------------------------------------

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array[
    'companies', 'company_vat_modes', 'memberships', 'clients', 'projects', 'estimate_counters',
    'estimates', 'estimate_sections', 'estimate_lines', 'estimate_adjustments', 'estimate_changes',
    'catalogue_items', 'kept_lists', 'column_mappings', 'documents', 'telegram_notifications'
  ] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy own_company on %I using (company_id = (select current_company()))
       with check (company_id = (select current_company()))', tenant_table);
  end loop;
end
$$;

-- One round trip opens a Telegram update ------------------------------------------------------------

-- Locks the chat, notes the update, finds the person, reads what the chat remembers and puts on the
-- role and the company.
-- Each statement in here sees what was committed before the lock was granted.
create function begin_update(
  in_bot_id bigint, in_update_id bigint, in_chat_id bigint,
  in_telegram_id bigint, in_username text, in_first_name text, in_last_name text,
  in_language_code text, in_state_key text, in_new_user_id uuid,
  out is_repeat boolean, out user_id uuid, out user_name text, out company_id uuid,
  out user_role text, out memberships jsonb, out states jsonb
)
  language plpgsql as $$
#variable_conflict use_column
begin
  if coalesce(in_chat_id, in_telegram_id) is not null then
    perform set_config('lock_timeout', '8s', true);
    perform pg_advisory_xact_lock(1, hashint8(coalesce(in_chat_id, in_telegram_id)));
    perform set_config('lock_timeout', '0', true);
  end if;

  insert into telegram_updates (bot_id, update_id)
  values (in_bot_id, in_update_id)
  on conflict do nothing;
  is_repeat := not found;
  if is_repeat then
    return;
  end if;

  if in_telegram_id is not null then
    select telegram_users.user_id, users.name, telegram_users.active_company_id
    into user_id, user_name, company_id
    from telegram_users
    join users on users.user_id = telegram_users.user_id
    where telegram_users.telegram_id = in_telegram_id;

    if not found then
      user_id := in_new_user_id;
      user_name := trim(in_first_name || ' ' || coalesce(in_last_name, ''));
      insert into users (user_id, name) values (in_new_user_id, user_name);
      insert into telegram_users
        (telegram_id, user_id, username, first_name, last_name, language_code)
      values
        (in_telegram_id, in_new_user_id, in_username, in_first_name, in_last_name, in_language_code);
    else
      update telegram_users
      set username = in_username, first_name = in_first_name, last_name = in_last_name,
        language_code = in_language_code, is_active = true
      where telegram_users.telegram_id = in_telegram_id
        and (username, first_name, last_name, language_code, is_active)
          is distinct from (in_username, in_first_name, in_last_name, in_language_code, true);
    end if;

    select coalesce(jsonb_agg(jsonb_build_object(
      'companyId', m.company_id, 'companyName', c.name, 'role', m.role
    ) order by m.created_at, m.company_id), '[]'::jsonb)
    into memberships
    from memberships as m
    join companies as c on c.company_id = m.company_id
    where m.user_id = begin_update.user_id and m.removed_at is null;

    -- A person removed from the chosen company goes on in the first one that is left.
    select found_membership.company_id, found_membership.role
    into company_id, user_role
    from memberships as found_membership
    where found_membership.user_id = begin_update.user_id and found_membership.removed_at is null
    order by (found_membership.company_id is not distinct from begin_update.company_id) desc,
      found_membership.created_at, found_membership.company_id
    limit 1;
  end if;

  if in_state_key is not null then
    select coalesce(jsonb_object_agg(key, state), '{}'::jsonb)
    into states
    from chat_state
    where key = in_state_key
      or (key > in_state_key || ':' and key < in_state_key || ';');
  end if;

  perform set_config('role', 'smetka_app', true);
  perform set_config('app.company_id', coalesce(company_id::text, ''), true);
end
$$;
