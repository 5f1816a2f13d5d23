-- Erasing reaches what came after it: extra work, acts, payments, photos, lines of drafts, documents of the
-- search.

do $$
declare
  frozen_table text;
begin
  foreach frozen_table in array array[
    'estimate_sections', 'estimate_lines', 'estimate_adjustments', 'extra_photos'
  ] loop
    execute format('drop trigger frozen_after_update on %I', frozen_table);
    execute format('create trigger frozen_after_update after update on %I referencing old table
      as changed_rows for each statement when (not is_erasing())
      execute function refuse_frozen_content()', frozen_table);
  end loop;
end
$$;
drop trigger frozen_after_delete on extra_photos;
create trigger frozen_after_delete after delete on extra_photos referencing old table
  as changed_rows for each statement when (not is_erasing()) execute function refuse_frozen_content();
drop trigger acts_frozen on acts;
create trigger acts_frozen after update or delete on acts
  for each row when (not is_erasing()) execute function refuse_changed_act();

-- What is written in estimates of one client that no law keeps. The caller has set app.erasing.
create function blot_estimates(company uuid, ids uuid[], words text[]) returns void
  language plpgsql set search_path = public as $$
begin
  update estimates
  set title = blot(title, words), note = blot(note, words),
    payment_terms = blot(payment_terms, words), warranty = blot(warranty, words),
    internal_note = blot(internal_note, words), reason = blot(reason, words)
  where company_id = company and id = any(ids);
  update estimate_sections
  set title = blot(title, words)
  where company_id = company and estimate_id = any(ids) and blot(title, words) <> title;
  update estimate_adjustments
  set title = blot(title, words)
  where company_id = company and estimate_id = any(ids) and blot(title, words) <> title;
  update estimate_rooms
  set name = blot(name, words)
  where company_id = company and estimate_id = any(ids) and blot(name, words) <> name;
  update estimate_lines
  set name = blot(name, words), note = blot(note, words), internal_note = blot(internal_note, words)
  where company_id = company and estimate_id = any(ids)
    and (blot(name, words), blot(note, words), blot(internal_note, words))
      <> (name, note, internal_note);
  update estimate_changes
  set change = blot(change::text, words)::jsonb
  where company_id = company and estimate_id = any(ids)
    and blot(change::text, words) <> change::text;
  delete from extra_photos where company_id = company and estimate_id = any(ids);
  delete from line_photos where company_id = company and estimate_id = any(ids);
end
$$;
revoke all on function blot_estimates from public;

create function blot_act(company uuid, in_id uuid, words text[]) returns void
  language sql set search_path = public
begin atomic
  update acts
  set document = blot(document, words), content = blot(content::text, words)::jsonb,
    accepted_by = ''
  where company_id = company and id = in_id;
end;
revoke all on function blot_act from public;

-- See the first one: what an agreed version or a signed act younger than `kept` needs stays as it is.
create or replace function erase_client(
  company uuid, in_client_id uuid, in_at timestamptz, kept interval,
  out kept_revisions int, out kept_until date
)
  language plpgsql security definer set search_path = public as $$
declare
  client clients;
  words text[];
  -- Those of them that can mean nobody else: looked for in what is not the client's alone.
  sure_words text[];
  own uuid[];
  own_revisions uuid[];
  agreed uuid[];
  signed_acts uuid[];
  free uuid[];
  -- Documents of the search.
  deals uuid[];
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

  select coalesce(array_agg(id), '{}') into own
  from estimates
  where company_id = company
    and (client_id = in_client_id or parent_id in (
      select id from estimates where company_id = company and client_id = in_client_id
    ));
  select coalesce(array_agg(id), '{}') into own_revisions
  from estimate_revisions
  where company_id = company and estimate_id = any(own);

  -- The longest first: a part must not spoil the whole. Shorter ones would spoil other words.
  select coalesce(array_agg(word order by length(word) desc), '{}'),
    coalesce(array_agg(word order by length(word) desc) filter (where is_sure), '{}')
  into words, sure_words
  from (
    select word, bool_or(is_sure and (length(word) >= 9 or position('@' in word) > 0)) as is_sure
    from (
      select client.name, position(' ' in client.name) > 0
      union all select unnest(client.phone_numbers), true
      union all select phone ->> 'raw', true from jsonb_array_elements(client.phones) as phone
      union all select unnest(client.emails), true
      union all select client.address, false
      union all select client.inn, true
      union all
      select value #>> '{}', position(' ' in value #>> '{}') > 0 or value #>> '{}' !~ '[[:alpha:]]'
      from crm_clients
      cross join lateral (
        select jsonb_path_query(sync_data, 'lax $.name')
        union all select jsonb_path_query(sync_data, 'lax $.phones[*]')
        union all select jsonb_path_query(sync_data, 'lax $.emails[*]')
      ) as known (value)
      where company_id = company and client_id = in_client_id and jsonb_typeof(value) = 'string'
      -- The name that was typed on the page.
      union all
      select unnest(array[name, phone]), false
      from approvals
      where company_id = company and side = 'client' and revision_id = any(own_revisions)
      union all
      select author_name, false
      from questions
      where company_id = company and revision_id = any(own_revisions)
      union all
      select accepted_by, false
      from acts
      where company_id = company and estimate_id = any(own)
    ) as given (word, is_sure)
    where length(word) >= 4
    group by word
  ) as known;

  select coalesce(array_agg(distinct revision_id), '{}'), (max(decided_at) + kept)::date
  into agreed, kept_until
  from approvals
  where company_id = company and revision_id = any(own_revisions)
    and decision = 'approved' and decided_at > in_at - kept;
  kept_revisions := cardinality(agreed);

  select coalesce(array_agg(id), '{}'), greatest(kept_until, (max(signed_at) + kept)::date)
  into signed_acts, kept_until
  from acts
  where company_id = company and estimate_id = any(own)
    and status = 'signed' and signed_at > in_at - kept;

  -- Estimates in which nothing stays as it was signed.
  select coalesce(array_agg(id), '{}') into free
  from estimates
  where company_id = company and id = any(own)
    and (
      status in ('draft', 'returned')
      or not exists (
        select
        from estimate_revisions as revisions
        where revisions.company_id = company and revisions.estimate_id = estimates.id
          and revisions.id = any(agreed)
      ) and not exists (
        select
        from acts
        where acts.company_id = company and acts.id = any(signed_acts)
          and acts.estimate_id = estimates.id
      )
    );

  update estimate_revisions
  set document = blot(document, words), content = blot(content::text, words)::jsonb
  where company_id = company and id = any(own_revisions) and id <> all(agreed);
  update approvals
  set name = case when side = 'client' then '' else name end,
    phone = '', address = '', user_agent = '',
    document = blot(document, words), reason = blot(reason, words)
  where company_id = company and revision_id = any(own_revisions) and revision_id <> all(agreed);
  update questions
  set author_name = '', line_name = blot(line_name, words), text = blot(text, words),
    answer = blot(answer, words)
  where company_id = company and revision_id = any(own_revisions);
  update share_links
  set revoked_at = in_at
  where company_id = company and revoked_at is null and revision_id = any(own_revisions);

  delete from documents
  where company_id = company
    and estimate_id = any(own)
    and (revision_id is null or revision_id <> all(agreed))
    and (act_id is null or act_id <> all(signed_acts));
  -- Files with whole lists, of today: they are ordered anew.
  delete from list_exports where company_id = company;

  perform blot_act(company, id, words)
  from acts
  where company_id = company and estimate_id = any(own) and id <> all(signed_acts);
  update payments
  set title = blot(title, words)
  where company_id = company and estimate_id = any(own);
  update payment_stages
  set title = blot(title, words)
  where company_id = company and estimate_id = any(own);

  update telegram_notifications
  set content = blot(content::text, words)::jsonb
  where company_id = company and estimate_id = any(own);
  update telegram_notifications
  set content = blot(content::text, sure_words)::jsonb
  where company_id = company and blot(content::text, sure_words) <> content::text;
  update dead_letters
  set payload = blot(payload::text, sure_words)::jsonb, reason = blot(reason, sure_words)
  where company_id = company
    and (blot(payload::text, sure_words), blot(reason, sure_words)) <> (payload::text, reason);
  update crm_pushes
  set error = blot(error, words)
  where company_id = company and estimate_id = any(own);

  perform blot_estimates(company, free, words);

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
  with named as (
    update crm_deals
    set sync_data = blot(sync_data::text, sure_words)::jsonb
    where company_id = company and blot(sync_data::text, sure_words) <> sync_data::text
    returning search_deal_id(connection_id, remote_id) as id
  )
  select array_agg(id) into deals from named;

  delete from crm_reviews
  where company_id = company and in_client_id = any(candidates);

  update clients
  set name = 'Данные стёрты', phones = '[]', phone_numbers = '{}', emails = '{}', inn = '',
    address = '', note = '', erased_at = in_at
  where company_id = company and id = in_client_id;

  update crm_clients
  set sync_data = '{}'
  where company_id = company and client_id = in_client_id;

  -- Not only when their turn comes: gone at once, and written anew without the person.
  with obsolete as (
    select unnest(own) as id
    union select unnest(deals)
    union select in_client_id
    union select id from projects where company_id = company and client_id = in_client_id
    union
    select search_deal_id(connection_id, remote_id)
    from crm_deals
    where company_id = company and estimate_id = any(own)
  ), gone as (
    delete from search_documents
    where company_id = company and id in (select id from obsolete)
  )
  insert into search_marks (company_id, document_id)
  select company, id from obsolete;

  perform set_config('app.erasing', '', true);
end
$$;

-- When the time is over, what was kept goes as well: the names in agreed versions and acts.
create or replace function erase_kept(in_at timestamptz) returns int
  language plpgsql security definer set search_path = public as $$
declare
  due erasures;
  own uuid[];
  own_revisions uuid[];
  words text[];
  erased int := 0;
begin
  perform set_config('app.erasing', 'on', true);
  for due in
    select * from erasures where erasures.kept_until <= in_at::date order by kept_until limit 100
  loop
    select coalesce(array_agg(id), '{}') into own
    from estimates
    where company_id = due.company_id
      and (client_id = due.client_id or parent_id in (
        select id
        from estimates
        where company_id = due.company_id and client_id = due.client_id
      ));
    select coalesce(array_agg(id), '{}') into own_revisions
    from estimate_revisions
    where company_id = due.company_id and estimate_id = any(own);

    -- The card is empty by now: what to look for stands in what was signed.
    select coalesce(array_agg(word order by length(word) desc), '{}') into words
    from (
      select part.value #>> '{}' as word
      from (
        select document from estimate_revisions
        where company_id = due.company_id and id = any(own_revisions)
        union all
        select document from acts where company_id = due.company_id and estimate_id = any(own)
      ) as papers (document)
      cross join lateral jsonb_path_query(
        document::jsonb, 'lax $.client.**{1 to last} ? (@.type() == "string")'
      ) as part (value)
      where document like '{%' and document::jsonb ->> 'client' is not null
      union
      select unnest(array[
        document::jsonb #>> '{project,title}', document::jsonb #>> '{project,address}'
      ])
      from estimate_revisions
      where company_id = due.company_id and id = any(own_revisions) and document like '{%'
      union
      select unnest(array[name, phone])
      from approvals
      where company_id = due.company_id and side = 'client' and revision_id = any(own_revisions)
      union
      select accepted_by from acts where company_id = due.company_id and estimate_id = any(own)
    ) as known
    where length(word) >= 4 and word not in ('person', 'organisation', 'данные стёрты', 'Объект');

    update approvals
    set name = case when side = 'client' then '' else name end,
      phone = '', address = '', user_agent = '', consent = blot(consent, words),
      document = blot(document, words), reason = blot(reason, words)
    where company_id = due.company_id and revision_id = any(own_revisions);
    update estimate_revisions
    set document = blot(document, words), content = blot(content::text, words)::jsonb
    where company_id = due.company_id and id = any(own_revisions);
    perform blot_act(due.company_id, id, words)
    from acts
    where company_id = due.company_id and estimate_id = any(own);
    perform blot_estimates(due.company_id, own, words);
    delete from documents
    where company_id = due.company_id and estimate_id = any(own);
    with gone as (
      delete from search_documents where company_id = due.company_id and id = any(own)
    )
    insert into search_marks (company_id, document_id)
    select due.company_id, id from unnest(own) as id;
    update erasures
    set kept_until = null
    where company_id = due.company_id and id = due.id;
    erased := erased + 1;
  end loop;
  perform set_config('app.erasing', '', true);
  return erased;
end
$$;
