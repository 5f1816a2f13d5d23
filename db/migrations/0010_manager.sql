-- The manager's page: its login, its sessions, its exports; and the erasure of personal data.

-- Login ---------------------------------------------------------------------------------------------

-- A token begins with its company's id, so it is found like everything else.
create table login_links (
  company_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (company_id, id),
  unique (company_id, token_hash),
  foreign key (company_id, user_id) references memberships (company_id, user_id)
);
create index login_links_age on login_links (expires_at);

alter table sessions
  -- To name one of them without its token.
  add column id uuid not null default gen_random_uuid(),
  add column used_at timestamptz not null default now(),
  add column user_agent text not null default '';
create unique index sessions_by_id on sessions (id);
create index sessions_by_person on sessions (user_id) where kind = 'manager';

-- Lists ---------------------------------------------------------------------------------------------

create index estimates_by_status on estimates (company_id, status, id desc) where removed_at is null;
create index estimate_revisions_times on estimate_revisions (company_id, submitted_at)
  include (estimate_id, status, decided_at);
create index telegram_notifications_failed on telegram_notifications (company_id, id)
  where status = 'failed';
create index crm_pushes_failed on crm_pushes (company_id, updated_at) where state = 'failed';

-- Exports -------------------------------------------------------------------------------------------

create table list_exports (
  company_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  format text not null check (format in ('csv', 'xlsx')),
  -- What the list was narrowed to, as the address of its page has it.
  filter jsonb not null,
  status text not null default 'ordered' check (status in ('ordered', 'ready', 'failed')),
  done int not null default 0,
  total int not null default 0,
  bytes bytea,
  created_at timestamptz not null default now(),
  primary key (company_id, id),
  foreign key (company_id, user_id) references memberships (company_id, user_id)
);
create index list_exports_age on list_exports (created_at);

-- Personal data -------------------------------------------------------------------------------------

alter table clients add column erased_at timestamptz;

-- The proof that data was destroyed, and what had to stay.
create table erasures (
  company_id uuid not null,
  id uuid not null,
  client_id uuid not null,
  erased_by uuid not null references users (user_id),
  erased_at timestamptz not null,
  -- Agreed versions that stay as they were signed, and until when.
  kept_revisions int not null,
  kept_until date,
  primary key (company_id, id),
  foreign key (company_id, client_id) references clients (company_id, id)
);
create index erasures_kept on erasures (kept_until) where kept_until is not null;

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['login_links', 'list_exports', 'erasures'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy own_company on %I using (company_id = (select current_company()))
       with check (company_id = (select current_company()))', tenant_table);
  end loop;
end
$$;

-- An erased card does not fill up again, whoever writes: a scan of a CRM still knows the person.
create function keep_erased_client() returns trigger
  language plpgsql as $$
begin
  new.name := old.name;
  new.phones := old.phones;
  new.phone_numbers := old.phone_numbers;
  new.emails := old.emails;
  new.inn := old.inn;
  new.address := old.address;
  new.note := old.note;
  new.erased_at := old.erased_at;
  return new;
end
$$;
create trigger clients_stay_erased before update on clients
  for each row when (old.erased_at is not null) execute function keep_erased_client();

create function keep_erased_crm_client() returns trigger
  language plpgsql as $$
begin
  if exists (
    select
    from clients
    where company_id = new.company_id and id = new.client_id and erased_at is not null
  ) then
    new.sync_data := '{"name": "Данные стёрты", "phones": [], "emails": []}';
  end if;
  return new;
end
$$;
create trigger crm_clients_stay_erased before insert or update of sync_data, client_id
  on crm_clients
  for each row when (new.client_id is not null) execute function keep_erased_crm_client();

-- Erasing is the one reason to touch what was frozen, and only the functions below do it: the program's
-- own role may set the word, but it is not the owner of the tables.
create function is_erasing() returns boolean
  language sql stable
  return coalesce(current_setting('app.erasing', true), '') = 'on'
    and current_user <> 'smetka_app';

drop trigger estimate_revisions_frozen on estimate_revisions;
create trigger estimate_revisions_frozen before update or delete on estimate_revisions
  for each row when (not is_erasing()) execute function refuse_frozen_revision();
drop trigger approvals_frozen on approvals;
create trigger approvals_frozen after update or delete on approvals
  for each row when (not is_erasing()) execute function refuse_change_of_approval();

drop trigger estimates_frozen on estimates;
create trigger estimates_frozen before update on estimates
  for each row when (not is_erasing()) execute function refuse_frozen_header();
drop trigger frozen_after_update on estimate_changes;
create trigger frozen_after_update after update on estimate_changes referencing old table
  as changed_rows for each statement when (not is_erasing()) execute function refuse_frozen_content();

-- Every one of the words out of a text, also as JSON writes them.
create function blot(content text, words text[]) returns text
  language plpgsql immutable as $$
declare
  word text;
begin
  foreach word in array words loop
    content := replace(content, word, 'данные стёрты');
    content := replace(content, trim(both '"' from to_json(word)::text), 'данные стёрты');
  end loop;
  return content;
end
$$;

-- Takes a client's personal data out of everything of the company but the agreed versions younger than
-- `kept`. Returns how many those are and until when they stay; null when there is no such client.
-- The owner of the tables runs it, past row-level security: every query names the company, and the
-- program's role gets no other than its own.
create function erase_client(
  company uuid, in_client_id uuid, in_at timestamptz, kept interval,
  out kept_revisions int, out kept_until date
)
  language plpgsql security definer set search_path = public as $$
declare
  client clients;
  words text[];
  own uuid[];
  agreed uuid[];
begin
  if current_setting('role') = 'smetka_app' and company is distinct from current_company() then
    return;
  end if;
  select * into client
  from clients
  where company_id = company and id = in_client_id and erased_at is null
  for update;
  if not found then
    return;
  end if;
  perform set_config('app.erasing', 'on', true);

  -- The longest first: a part must not spoil the whole. Shorter ones would spoil other words.
  select coalesce(array_agg(word order by length(word) desc), '{}') into words
  from (
    select client.name as word
    union select unnest(client.phone_numbers)
    union select phone ->> 'raw' from jsonb_array_elements(client.phones) as phone
    union select unnest(client.emails)
    union select client.address
    union select client.inn
  ) as known
  where length(word) >= 4;

  select coalesce(array_agg(id), '{}') into own
  from estimates
  where company_id = company and client_id = in_client_id;

  select coalesce(array_agg(distinct revisions.id), '{}'), (max(approvals.decided_at) + kept)::date
  into agreed, kept_until
  from estimate_revisions as revisions
  join approvals on approvals.company_id = company and approvals.revision_id = revisions.id
  where revisions.company_id = company
    and revisions.estimate_id = any(own)
    and approvals.decision = 'approved'
    and approvals.decided_at > in_at - kept;
  kept_revisions := cardinality(agreed);

  update estimate_revisions
  set document = blot(document, words), content = blot(content::text, words)::jsonb
  where company_id = company and estimate_id = any(own) and id <> all(agreed);

  update approvals
  set name = case when side = 'client' then '' else name end,
    phone = '', address = '', user_agent = '',
    document = blot(document, words), reason = blot(reason, words)
  where company_id = company
    and revision_id in (
      select id
      from estimate_revisions
      where company_id = company and estimate_id = any(own) and id <> all(agreed)
    );

  update questions
  set author_name = '', text = blot(text, words), answer = blot(answer, words)
  where company_id = company
    and revision_id in (
      select id from estimate_revisions where company_id = company and estimate_id = any(own)
    );

  update share_links
  set revoked_at = in_at
  where company_id = company
    and revoked_at is null
    and revision_id in (
      select id from estimate_revisions where company_id = company and estimate_id = any(own)
    );

  delete from documents
  where company_id = company
    and estimate_id = any(own)
    and (revision_id is null or revision_id <> all(agreed));

  -- Also of what the program tells of agreeing: the name that was typed on the page.
  select words || coalesce(array_agg(distinct name), '{}') into words
  from (
    select approvals.name
    from approvals
    join estimate_revisions as revisions
      on revisions.company_id = company and revisions.id = approvals.revision_id
    where approvals.company_id = company
      and approvals.side = 'client'
      and revisions.estimate_id = any(own)
  ) as signed
  where length(name) >= 4;

  update telegram_notifications
  set content = blot(content::text, words)::jsonb
  where company_id = company and estimate_id = any(own);

  update estimates
  set title = blot(title, words), note = blot(note, words),
    payment_terms = blot(payment_terms, words), warranty = blot(warranty, words),
    internal_note = blot(internal_note, words)
  where company_id = company and id = any(own) and status in ('draft', 'returned');

  update estimate_changes
  set change = blot(change::text, words)::jsonb
  where company_id = company
    and change ->> 'type' = 'estimate.set'
    and estimate_id in (
      select id
      from estimates
      where company_id = company and id = any(own) and status in ('draft', 'returned')
    );

  if client.kind = 'person' then
    update projects
    set title = 'Объект', address = '', note = ''
    where company_id = company and client_id = in_client_id;
  end if;

  update kept_lists
  set text = blot(text, words)
  where company_id = company;

  update crm_deals
  set sync_data = blot(sync_data::text, words)::jsonb
  where company_id = company and estimate_id = any(own);

  delete from crm_reviews
  where company_id = company and in_client_id = any(candidates);

  update clients
  set name = 'Данные стёрты', phones = '[]', phone_numbers = '{}', emails = '{}', inn = '',
    address = '', note = '', erased_at = in_at
  where company_id = company and id = in_client_id;

  update crm_clients
  set sync_data = '{}'
  where company_id = company and client_id = in_client_id;

  perform set_config('app.erasing', '', true);
end
$$;
revoke all on function erase_client from public;
grant execute on function erase_client to smetka_app;

-- When the time is over, what was kept goes as well: the names in agreed versions of erased clients.
create function erase_kept(in_at timestamptz) returns int
  language plpgsql security definer set search_path = public as $$
declare
  due erasures;
  own uuid[];
  words text[];
  erased int := 0;
begin
  perform set_config('app.erasing', 'on', true);
  for due in
    select * from erasures where erasures.kept_until <= in_at::date order by kept_until limit 100
  loop
    select coalesce(array_agg(id), '{}') into own
    from estimates
    where company_id = due.company_id and client_id = due.client_id;

    -- The card is empty by now: what to look for stands in what was signed.
    select coalesce(array_agg(word order by length(word) desc), '{}') into words
    from (
      select part.value #>> '{}' as word
      from estimate_revisions
      cross join lateral jsonb_path_query(
        document::jsonb, 'strict $.client.**{1 to last} ? (@.type() == "string")'
      ) as part (value)
      where company_id = due.company_id and estimate_id = any(own) and document like '{%'
        and document::jsonb ->> 'client' is not null
      union
      select unnest(array[
        document::jsonb #>> '{project,title}', document::jsonb #>> '{project,address}'
      ])
      from estimate_revisions
      where company_id = due.company_id and estimate_id = any(own) and document like '{%'
      union
      select unnest(array[approvals.name, approvals.phone])
      from approvals
      join estimate_revisions as revisions
        on revisions.company_id = due.company_id and revisions.id = approvals.revision_id
      where approvals.company_id = due.company_id and approvals.side = 'client'
        and revisions.estimate_id = any(own)
    ) as known
    where length(word) >= 4 and word not in ('person', 'organisation', 'данные стёрты', 'Объект');

    update approvals
    set name = case when side = 'client' then '' else name end,
      phone = '', address = '', user_agent = '', consent = blot(consent, words),
      document = blot(document, words), reason = blot(reason, words)
    where company_id = due.company_id
      and revision_id in (
        select id
        from estimate_revisions
        where company_id = due.company_id and estimate_id = any(own)
      );
    update estimate_revisions
    set document = blot(document, words), content = blot(content::text, words)::jsonb
    where company_id = due.company_id and estimate_id = any(own);
    update estimates
    set title = blot(title, words), note = blot(note, words),
      payment_terms = blot(payment_terms, words), warranty = blot(warranty, words),
      internal_note = blot(internal_note, words)
    where company_id = due.company_id and id = any(own);
    update estimate_changes
    set change = blot(change::text, words)::jsonb
    where company_id = due.company_id
      and estimate_id = any(own)
      and change ->> 'type' = 'estimate.set';
    delete from documents
    where company_id = due.company_id and estimate_id = any(own);
    update erasures
    set kept_until = null
    where company_id = due.company_id and id = due.id;
    erased := erased + 1;
  end loop;
  perform set_config('app.erasing', '', true);
  return erased;
end
$$;
revoke all on function erase_kept from public;
