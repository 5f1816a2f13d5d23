-- Team, revisions, approvals, the client's link, questions, notifications, extra work, acts, payments.

-- Team ----------------------------------------------------------------------------------------------

create table invitations (
  company_id uuid not null references companies (company_id),
  id uuid not null,
  token_hash bytea not null,
  role text not null check (role in ('owner', 'manager', 'foreman')),
  uses_left int not null check (uses_left >= 0),
  created_by uuid not null references users (user_id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (company_id, id),
  -- A token begins with its company's id, so it is found like everything else.
  unique (company_id, token_hash)
);

-- The program may not touch sessions, but who leaves a team loses those of that team.
create function revoke_sessions(in_user_id uuid) returns int
  language plpgsql security definer set search_path = public as $$
declare
  revoked int;
begin
  update sessions
  set revoked_at = now()
  where company_id = current_company() and user_id = in_user_id and revoked_at is null;
  get diagnostics revoked = row_count;
  return revoked;
end
$$;
revoke all on function revoke_sessions from public;
grant execute on function revoke_sessions to smetka_app;

-- Revisions -----------------------------------------------------------------------------------------

alter table estimates
  add column kind text not null default 'main' check (kind in ('main', 'extra')),
  add column parent_id uuid,
  -- The place of an extra among those of its parent: СМ-2026-0001/Д2.
  add column extra_sequence int,
  add column reason text not null default '',
  add foreign key (company_id, parent_id) references estimates (company_id, id),
  add check ((kind = 'extra') = (parent_id is not null)),
  add check ((kind = 'extra') = (extra_sequence is not null));
-- An extra bears its parent's number, so only main estimates are unique by it.
alter table estimates drop constraint estimates_company_id_number_year_number_sequence_key;
create unique index estimates_by_number on estimates
  (company_id, number_year, number_sequence, coalesce(extra_sequence, 0));
create index estimates_by_parent on estimates (company_id, parent_id) where parent_id is not null;

-- What was frozen when an estimate was submitted.
create table estimate_revisions (
  company_id uuid not null,
  id uuid not null,
  estimate_id uuid not null,
  revision int not null,
  -- The version of the content that was frozen.
  version int not null,
  -- All of the content, internal fields too: for comparing and for going on from here.
  content jsonb not null,
  -- What the client is shown, as canonical JSON; `sha256` is the hash of these very bytes.
  document text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  total_amount numeric(16, 2) not null,
  calc_version int not null,
  audience text not null check (audience in ('manager', 'client')),
  status text not null default 'submitted'
    check (status in ('submitted', 'approved', 'returned', 'withdrawn', 'superseded')),
  submitted_by uuid not null references users (user_id),
  submitted_at timestamptz not null default now(),
  decided_at timestamptz,
  -- Of the company; null while it waits and when the client decided.
  decided_by uuid references users (user_id),
  primary key (company_id, id),
  unique (company_id, estimate_id, revision),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);
create index estimate_revisions_by_hash on estimate_revisions (sha256);
create index estimate_revisions_waiting on estimate_revisions (company_id, submitted_at)
  where status = 'submitted';

-- The evidence of a decision about one revision.
create table approvals (
  company_id uuid not null,
  id uuid not null,
  revision_id uuid not null,
  sha256 text not null,
  decision text not null check (decision in ('approved', 'returned')),
  side text not null check (side in ('company', 'client')),
  channel text not null check (channel in ('chat', 'page', 'miniapp', 'crm', 'api')),
  -- A person of the company; null when the client decided.
  user_id uuid references users (user_id),
  -- The client's link; null for people of the company.
  link_id uuid,
  name text not null,
  phone text not null default '',
  consent text not null default '',
  -- Ids of the optional lines that are in the total.
  chosen_lines uuid[] not null default '{}',
  -- The client's document with other optional lines than were submitted; null: as submitted.
  document text,
  -- What was agreed; see `document`.
  total_amount numeric(16, 2) not null,
  reason text not null default '',
  address text not null default '',
  user_agent text not null default '',
  -- The browser had opened previews for people of the company.
  is_own_device boolean not null default false,
  decided_at timestamptz not null default now(),
  primary key (company_id, id),
  foreign key (company_id, revision_id) references estimate_revisions (company_id, id)
);
-- Exactly one outcome for each side, whoever was first.
create unique index approvals_once on approvals (company_id, revision_id, side)
  where decision = 'approved';
create index approvals_by_revision on approvals (company_id, revision_id);

create table share_links (
  company_id uuid not null,
  id uuid not null,
  revision_id uuid not null,
  token_hash bytea not null,
  created_by uuid not null references users (user_id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  -- Openings by the client only: no previews, not the author's.
  first_viewed_at timestamptz,
  last_viewed_at timestamptz,
  view_count int not null default 0,
  primary key (company_id, id),
  unique (company_id, token_hash),
  foreign key (company_id, revision_id) references estimate_revisions (company_id, id)
);
create index share_links_by_revision on share_links (company_id, revision_id);
alter table approvals add foreign key (company_id, link_id) references share_links (company_id, id);

create table questions (
  company_id uuid not null,
  id uuid not null,
  revision_id uuid not null,
  -- The line that is asked about; null: the whole estimate.
  line_id uuid,
  line_name text not null default '',
  text text not null,
  author_name text not null default '',
  asked_at timestamptz not null default now(),
  answer text,
  answered_by uuid references users (user_id),
  answered_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, revision_id) references estimate_revisions (company_id, id)
);
create index questions_by_revision on questions (company_id, revision_id);

-- Documents of a revision are printed from what was frozen; ordered by nobody's chat.
alter table documents
  add column revision_id uuid,
  add foreign key (company_id, revision_id) references estimate_revisions (company_id, id);
create index documents_by_revision on documents (company_id, revision_id)
  where revision_id is not null;

-- Optional lines that the client chose on the page.
alter table estimate_changes
  drop constraint estimate_changes_source_check,
  add constraint estimate_changes_source_check
    check (source in ('bot', 'miniapp', 'api', 'crm', 'import', 'page'));

-- No door changes what was frozen, not even a query typed by hand under the program's role ------------

create function refuse_frozen_revision() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'DELETE' or
    (new.id, new.content, new.document, new.sha256, new.total_amount, new.revision, new.version,
      new.calc_version, new.estimate_id, new.audience, new.submitted_by, new.submitted_at)
    is distinct from
    (old.id, old.content, old.document, old.sha256, old.total_amount, old.revision, old.version,
      old.calc_version, old.estimate_id, old.audience, old.submitted_by, old.submitted_at)
  then
    raise exception 'a frozen revision does not change' using errcode = 'SM001';
  end if;
  if old.status <> 'submitted' and new.status <> old.status
    and (old.status = 'superseded' or new.status <> 'superseded')
  then
    raise exception 'revision % is %, it can not become %', old.id, old.status, new.status
      using errcode = 'SM001';
  end if;
  return new;
end
$$;
create trigger estimate_revisions_frozen before update or delete on estimate_revisions
  for each row execute function refuse_frozen_revision();

create function refuse_change_of_approval() returns trigger
  language plpgsql as $$
begin
  raise exception 'an approval does not change' using errcode = 'SM001';
end
$$;
-- After, so that row-level security has its say first.
create trigger approvals_frozen after update or delete on approvals
  for each row execute function refuse_change_of_approval();

-- Content of an estimate that is not being edited stays as it is: one check per statement. Whoever
-- writes content has locked its estimate, so the status that is seen here is the one that holds.
create function refuse_frozen_content() returns trigger
  language plpgsql as $$
begin
  if exists (
    select
    from (select distinct company_id, estimate_id from changed_rows) as changed
    join estimates
      on estimates.company_id = changed.company_id
      and estimates.id = changed.estimate_id
    where estimates.status not in ('draft', 'returned')
  ) then
    raise exception 'the estimate is frozen' using errcode = 'SM001';
  end if;
  return null;
end
$$;

create function refuse_moving_content() returns trigger
  language plpgsql as $$
begin
  raise exception 'content does not move between estimates' using errcode = 'SM001';
end
$$;
do $$
declare
  content_table text;
begin
  foreach content_table in array array[
    'estimate_sections', 'estimate_lines', 'estimate_adjustments', 'estimate_changes'
  ] loop
    execute format('create trigger frozen_after_insert after insert on %I referencing new table
      as changed_rows for each statement execute function refuse_frozen_content()', content_table);
    execute format('create trigger frozen_after_update after update on %I referencing old table
      as changed_rows for each statement execute function refuse_frozen_content()', content_table);
    execute format('create trigger stays_in_its_estimate before update of estimate_id on %I
      for each row when (old.estimate_id is distinct from new.estimate_id)
      execute function refuse_moving_content()', content_table);
    execute format('create trigger frozen_after_delete after delete on %I referencing old table
      as changed_rows for each statement execute function refuse_frozen_content()', content_table);
  end loop;
end
$$;

create function refuse_frozen_header() returns trigger
  language plpgsql as $$
begin
  if old.status not in ('draft', 'returned') and
    (new.title, new.project_id, new.client_id, new.date, new.valid_until, new.vat, new.discount,
      new.price_kind, new.payment_terms, new.warranty, new.note, new.work_amount,
      new.material_amount, new.total_amount, new.version)
    is distinct from
    (old.title, old.project_id, old.client_id, old.date, old.valid_until, old.vat, old.discount,
      old.price_kind, old.payment_terms, old.warranty, old.note, old.work_amount,
      old.material_amount, old.total_amount, old.version)
  then
    raise exception 'the estimate is frozen' using errcode = 'SM001';
  end if;
  -- What is approved is opened again only by retiring its revision, which stays in the records.
  if old.status in ('approved', 'archived') and new.status not in ('approved', 'archived')
    and exists (
      select
      from estimate_revisions
      where estimate_revisions.company_id = old.company_id
        and estimate_revisions.estimate_id = old.id
        and estimate_revisions.status = 'approved'
    )
  then
    raise exception 'the estimate is approved' using errcode = 'SM001';
  end if;
  return new;
end
$$;
create trigger estimates_frozen before update on estimates
  for each row execute function refuse_frozen_header();

-- Acts and payments ---------------------------------------------------------------------------------

create table acts (
  company_id uuid not null,
  id uuid not null,
  -- The main estimate; lines may come from it and from its approved extras.
  estimate_id uuid not null,
  number int not null,
  date date not null,
  period_from date not null,
  period_to date not null,
  vat jsonb not null,
  -- Accepted lines with names, units and client prices as approved, and the totals.
  content jsonb not null,
  total_amount numeric(16, 2) not null,
  created_by uuid not null references users (user_id),
  created_at timestamptz not null default now(),
  cancelled_at timestamptz,
  primary key (company_id, id),
  unique (company_id, estimate_id, number),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);

create table act_lines (
  company_id uuid not null,
  act_id uuid not null,
  estimate_id uuid not null,
  line_id uuid not null,
  quantity numeric(18, 7) not null check (quantity > 0),
  primary key (company_id, act_id, estimate_id, line_id),
  foreign key (company_id, act_id) references acts (company_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);
create index act_lines_by_line on act_lines (company_id, estimate_id, line_id);

-- A payment that is expected, received, or both.
create table payments (
  company_id uuid not null,
  id uuid not null,
  estimate_id uuid not null,
  kind text not null check (kind in ('advance', 'stage', 'final')),
  title text not null,
  amount numeric(16, 2) not null check (amount > 0),
  due_on date,
  received_on date,
  created_by uuid not null references users (user_id),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);
create index payments_by_estimate on payments (company_id, estimate_id);
create index payments_due on payments (company_id, due_on)
  where received_on is null and removed_at is null;

-- Notifications -------------------------------------------------------------------------------------

alter table telegram_notifications
  add column estimate_id uuid,
  -- A burst of the same kind about the same thing is one message while it waits.
  add column collapse_key text,
  add column count int not null default 1,
  add column not_before timestamptz not null default now(),
  add column is_silent boolean not null default false;
create index telegram_notifications_waiting on telegram_notifications (telegram_id, id)
  where status = 'waiting';
create unique index telegram_notifications_collapsed
  on telegram_notifications (company_id, telegram_id, collapse_key)
  where status = 'waiting' and collapse_key is not null;
create index telegram_notifications_by_message
  on telegram_notifications (telegram_id, telegram_message_id);

create table notification_mutes (
  company_id uuid not null,
  user_id uuid not null,
  kind text not null,
  primary key (company_id, user_id, kind),
  foreign key (company_id, user_id) references memberships (company_id, user_id)
);

-- One row: how fast all processes together may send, and until when nobody may.
create table telegram_pace (
  bot_id bigint primary key,
  next_at timestamptz not null default now(),
  paused_until timestamptz not null default '-infinity'
);

create table telegram_chat_pace (
  telegram_id bigint primary key,
  next_at timestamptz not null default now()
);

-- Each reminder goes out once: the key says which one.
create table reminders_sent (
  company_id uuid not null references companies (company_id),
  key text not null,
  sent_at timestamptz not null default now(),
  primary key (company_id, key)
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array[
    'invitations', 'estimate_revisions', 'approvals', 'share_links', 'questions', 'acts',
    'act_lines', 'payments', 'notification_mutes', 'reminders_sent'
  ] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy own_company on %I using (company_id = (select current_company()))
       with check (company_id = (select current_company()))', tenant_table);
  end loop;
end
$$;
