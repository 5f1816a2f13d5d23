-- Search over clients, objects, estimates with their lines, and deals of a CRM: docs/decisions/0016.

-- Words -------------------------------------------------------------------------------------------

-- Words as they are written, without those that say nothing («и», «на»). Beside the stems of the
-- configuration 'russian' they make the beginning of a word findable while it is typed.
create text search dictionary russian_plain (template = pg_catalog.simple, stopwords = russian);
create text search configuration russian_plain (copy = pg_catalog.russian);
alter text search configuration russian_plain
  alter mapping for asciiword, word, hword_part, hword_asciipart, hword, asciihword
  with russian_plain;

-- Lower case, ё as е, everything but letters and digits as one space.
create function search_fold(in_text text) returns text
  language sql immutable parallel safe
  return regexp_replace(
    translate(lower(normalize(in_text, nfc)), 'ё', 'е'), '[^[:alnum:]]+', ' ', 'g');

-- What is too long for a word becomes several: a tsvector takes no more than 2 046 bytes.
create function search_piece(in_text text) returns text
  language sql immutable parallel safe
  return case
    when length(in_text) > 500 then regexp_replace(in_text, '(\S{250})', '\1 ', 'g')
    else in_text
  end;

-- Every word in the index begins with three characters of its company: a lookup reads the postings of
-- one company, however many there are. Two companies may share them, so rows are still compared by
-- company_id.
create function search_code(in_company_id uuid) returns text
  language sql immutable parallel safe
  return left(translate(encode(decode(md5(in_company_id::text), 'hex'), 'base64'), '+/', '-_'), 3);

-- A word as the text form of tsvector and tsquery wants it.
create function search_quoted(word text) returns text
  language sql immutable parallel safe
  return '''' || replace(replace(word, '\', '\\'), '''', '''''') || '''';

-- A character of ASCII for each letter: under the locale C, which embedded clusters have for ctype, pg_trgm
-- takes no other letters for letters.
create function search_spelling(word text) returns text
  language sql immutable parallel safe
  return translate(
    word, 'абвгдежзийклмнопрстуфхцчшщъыьэюя', 'abvgdejziyklmnoprstufhc123456789');

-- «+», then the last ten digits from behind: the last digits of a number are its beginning here.
create function search_phone(in_phone text) returns text
  language sql immutable parallel safe
  return nullif('+' || reverse(right(regexp_replace(in_phone, '\D', '', 'g'), 10)), '+');

-- What people wrote in a record of a CRM, wherever in it; not its keys and marks.
create function search_payload(in_data jsonb) returns text
  language sql immutable parallel safe
  return (
    select left(string_agg(search_piece(value #>> '{}'), ' '), 10000)
    from jsonb_path_query(
      in_data - array['kind', 'phones', 'emails', 'externalKey', 'pipelineId', 'stageId', 'outcome',
        'currency', 'clients'],
      'strict $.**'
    ) as value
    where jsonb_typeof(value) = 'string'
  );

create function search_payload_keys(in_data jsonb) returns text[]
  language sql immutable parallel safe
  return (
    select array_agg(search_phone(value #>> '{}'))
      filter (where jsonb_typeof(value) = 'string')
    from jsonb_path_query(in_data, 'lax $.phones[*]') as value
  ) || (
    select array_agg('@' || lower(value #>> '{}')) filter (where jsonb_typeof(value) = 'string')
    from jsonb_path_query(in_data, 'lax $.emails[*]') as value
  );

create function search_client_keys(in_phones jsonb, in_numbers text[], in_emails text[])
  returns text[]
  language sql immutable parallel safe
  return (
    select array_agg(search_phone(coalesce(phone ->> 'e164', phone ->> 'raw')))
    from jsonb_array_elements(in_phones) as phone
  ) || (
    select array_agg(search_phone(number)) from unnest(in_numbers) as number
  ) || (
    select array_agg('@' || lower(email)) from unnest(in_emails) as email where email <> ''
  );

-- A deal has no uuid of its own.
create function search_deal_id(in_connection_id uuid, in_remote_id text) returns uuid
  language sql immutable parallel safe
  return md5(in_connection_id::text || ':' || in_remote_id)::uuid;
create index crm_deals_by_search on crm_deals
  (company_id, search_deal_id(connection_id, remote_id));

-- Documents ---------------------------------------------------------------------------------------

create table search_documents (
  company_id uuid not null references companies (company_id),
  -- Of the client, object or estimate; search_deal_id of a deal.
  id uuid not null,
  kind text not null check (kind in ('client', 'project', 'estimate', 'deal')),
  -- Null: everybody of the company may see it. Else managers, owners and these people.
  reader_ids uuid[],
  -- Weights: A names and numbers, B addresses and contacts, none for lines, notes and what a CRM says.
  words tsvector not null,
  primary key (company_id, id)
);
create index search_documents_words on search_documents using gin (words) with (fastupdate = off);

-- What has changed since its document was written: triggers add to it, `index_search` takes from it.
-- Only ever appended to: a foreman who types does not wait for whoever indexes.
create table search_marks (
  company_id uuid not null references companies (company_id),
  id uuid not null default uuidv7(),
  document_id uuid not null,
  primary key (company_id, id)
);

-- Distinct words of all companies, for typing mistakes. Nobody's own: without a link to where a word
-- stands. A race may write one twice, which harms nothing; a unique index would make people wait.
create table search_words (word text not null);
create index search_words_word on search_words (word);
create index search_words_trigrams on search_words
  using gin (search_spelling(word) gin_trgm_ops) with (fastupdate = off);
revoke all on search_words from smetka_app;

-- What there is to find, one row a document. a: names, b: addresses, c and d: the rest, d in pieces;
-- keys: phones, e-mails, numbers.
create view search_sources with (security_invoker = true) as
select
  company_id, id, 'client' as kind, null::uuid[] as reader_ids, name as a,
  concat_ws(' ', address, inn) as b, concat_ws(' ', record.texts, search_piece(note)) as c,
  null::text[] as d,
  search_client_keys(phones, phone_numbers, emails) || record.keys as keys
from clients
cross join lateral (
  select
    string_agg(search_payload(sync_data), ' ') as texts,
    (select array_agg(key) from crm_clients as other, unnest(search_payload_keys(other.sync_data)) as key
      where other.company_id = clients.company_id and other.client_id = clients.id
        and other.deleted_at is null) as keys
  from crm_clients
  where crm_clients.company_id = clients.company_id and crm_clients.client_id = clients.id
    and crm_clients.deleted_at is null
) as record
where removed_at is null
union all
select
  projects.company_id, projects.id, 'project', null,
  projects.title, concat_ws(' ', projects.address, clients.name),
  search_piece(projects.note), null,
  search_client_keys(clients.phones, clients.phone_numbers, clients.emails)
from projects
left join clients
  on clients.company_id = projects.company_id and clients.id = projects.client_id
where projects.removed_at is null
union all
select
  estimates.company_id, estimates.id, 'estimate',
  array[estimates.foreman_id, estimates.created_by],
  concat_ws(' ', estimates.title, projects.title, clients.name), projects.address,
  (
    select string_agg(search_payload(sync_data), ' ')
    from crm_deals
    where crm_deals.company_id = estimates.company_id and crm_deals.estimate_id = estimates.id
      and crm_deals.deleted_at is null
  ),
  array[
    search_piece(concat_ws(' ', estimates.note, estimates.internal_note, estimates.reason))
  ] || (
    select array_agg(search_piece(concat_ws(' ', name, note, internal_note)))
    from estimate_lines
    where estimate_lines.company_id = estimates.company_id
      and estimate_lines.estimate_id = estimates.id
  ) || (
    select array_agg(title)
    from estimate_sections
    where estimate_sections.company_id = estimates.company_id
      and estimate_sections.estimate_id = estimates.id
  ),
  search_client_keys(clients.phones, clients.phone_numbers, clients.emails) || array[
    '#' || number_sequence, '#' || number_year || '-' || number_sequence
  ]
from estimates
left join projects
  on projects.company_id = estimates.company_id and projects.id = estimates.project_id
left join clients
  on clients.company_id = estimates.company_id and clients.id = estimates.client_id
where estimates.removed_at is null
union all
select
  crm_deals.company_id, search_deal_id(crm_deals.connection_id, crm_deals.remote_id), 'deal',
  array_remove(array[estimates.foreman_id, estimates.created_by], null),
  sync_data ->> 'title', concat_ws(' ', clients.name, crm_deals.remote_id),
  search_payload(sync_data), null,
  search_payload_keys(sync_data) || array[
    '#' || number_sequence, '#' || number_year || '-' || number_sequence
  ]
from crm_deals
join crm_connections
  on crm_connections.company_id = crm_deals.company_id
  and crm_connections.id = crm_deals.connection_id and crm_connections.state <> 'removed'
left join estimates
  on estimates.company_id = crm_deals.company_id and estimates.id = crm_deals.estimate_id
  and estimates.removed_at is null
left join clients
  on clients.company_id = estimates.company_id and clients.id = estimates.client_id
where crm_deals.deleted_at is null;
revoke all on search_sources from smetka_app;

-- Folded, each word as it is and as its stem.
create function search_vector(in_text text) returns tsvector
  language sql immutable parallel safe
  return to_tsvector('public.russian_plain', in_text) || to_tsvector('pg_catalog.russian', in_text);

-- The document of each source: in_ids null means all of the company. `plain`: the words for the
-- dictionary. A tsvector holds a megabyte, so the words of a very long estimate end somewhere.
create function search_documents_of(in_company_id uuid, in_ids uuid[])
  returns table (id uuid, kind text, reader_ids uuid[], words tsvector, plain text[])
  language sql stable set search_path = public, pg_temp
begin atomic
  with company as materialized (
    select search_code(in_company_id) as code
  ), folded as materialized (
    select source.id, source.kind, source.reader_ids, source.keys,
      coalesce(search_fold(left(source.a, 500)), '') as a,
      coalesce(search_fold(left(source.b, 500)), '') as b,
      search_fold(left(concat_ws(' ', source.c, array_to_string(source.d, ' ')), 180000)) as rest
    from search_sources as source
    where source.company_id = in_company_id and (in_ids is null or source.id = any(in_ids))
  )
  select folded.id, folded.kind, folded.reader_ids,
    (replace(' ' || vector.words::text, ' ''', ' ''' || company.code)
      || coalesce(key.words, ''))::tsvector,
    tsvector_to_array(to_tsvector('russian_plain', a || ' ' || b || ' ' || rest))
  from folded
  cross join company
  cross join lateral (
    select setweight(search_vector(a), 'A') || setweight(search_vector(b), 'B')
      || strip(to_tsvector('russian', rest)) as words
  ) as vector
  cross join lateral (
    select string_agg(' ' || search_quoted(company.code || left(key, 250))
      || case when key like '#%' then ':1A' else ':1B' end, '') as words
    from unnest(folded.keys) as key
    where key <> ''
  ) as key;
end;

-- Functions below pass row-level security by, for it lets no GIN index be used; so each of them looks
-- whose rows are asked for. The owner of the tables is bound by nothing, as everywhere.
create function demand_own_company(in_company_id uuid) returns void
  language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if in_company_id is not distinct from current_company() then
    return;
  end if;
  if current_setting('role') = 'none' and session_user = current_user then
    return;
  end if;
  raise exception 'rows of another company' using errcode = 'insufficient_privilege';
end
$$;

create function learn_search_words(in_words text[]) returns void
  language sql set search_path = public, pg_temp
begin atomic
  insert into search_words (word)
  select distinct given.word
  from unnest(in_words) as given (word)
  where given.word ~ '^[[:alpha:]]{4,30}$' and not exists (select from search_words as known where known.word = given.word);
end;
revoke all on function learn_search_words from public;

-- Writes the documents of what was marked, newest marks first, and returns how many marks are done.
-- A document that somebody else is writing right now is left to them or to the next call.
create function index_search(in_company_id uuid, in_most int) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  taken uuid[];
  document_ids uuid[];
  learned text[];
begin
  perform demand_own_company(in_company_id);
  select array_agg(mark.id), array_agg(distinct mark.document_id)
  into taken, document_ids
  from (
    select search_marks.id, document_id
    from search_marks
    where company_id = in_company_id
    order by search_marks.id desc
    limit in_most
  ) as mark
  where pg_try_advisory_xact_lock(2, hashtext(mark.document_id::text));
  if taken is null then
    return 0;
  end if;
  delete from search_marks where company_id = in_company_id and search_marks.id = any(taken);

  -- The locks are ours, so what this statement sees is at least as new as what the marks were about.
  with made as materialized (
    select * from search_documents_of(in_company_id, document_ids)
  ), gone as (
    delete from search_documents as document
    where document.company_id = in_company_id and document.id = any(document_ids)
      and not exists (select from made where made.id = document.id)
  ), written as (
    insert into search_documents as document (company_id, id, kind, reader_ids, words)
    select in_company_id, made.id, made.kind, made.reader_ids, made.words
    from made
    on conflict (company_id, id) do update
    set reader_ids = excluded.reader_ids, words = excluded.words
    where (document.reader_ids, document.words) is distinct from (excluded.reader_ids, excluded.words)
  )
  select array_agg(word) into learned from made, unnest(made.plain) as word;
  perform learn_search_words(learned);
  return cardinality(taken);
end
$$;

-- Everything from zero, for one company. Its marks are obsolete then.
create function rebuild_search(in_company_id uuid) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  written int;
  learned text[];
begin
  perform demand_own_company(in_company_id);
  delete from search_marks where company_id = in_company_id;
  delete from search_documents where company_id = in_company_id;
  with made as materialized (
    select * from search_documents_of(in_company_id, null)
  ), inserted as (
    insert into search_documents (company_id, id, kind, reader_ids, words)
    select in_company_id, made.id, made.kind, made.reader_ids, made.words
    from made
    returning 1
  )
  select (select count(*) from inserted), array_agg(distinct word)
  into written, learned
  from made
  left join lateral unnest(made.plain) as word on true;
  perform learn_search_words(array_remove(learned, null));
  return written;
end
$$;
revoke all on function rebuild_search from public;

-- Finding -----------------------------------------------------------------------------------------

-- in_terms: [{"words": [...], "isPrefix": true, "keys": [{"text": "#1", "isPrefix": false}]}]. Every
-- term must be found, by any of its words or keys. Null: nothing to look for.
create function search_query(in_company_id uuid, in_terms jsonb) returns tsquery
  language sql stable parallel safe set search_path = public, pg_temp
begin atomic
  select string_agg('(' || term.query || ')', ' & ')::tsquery
  from jsonb_array_elements(in_terms) as given
  cross join lateral (
    select string_agg(distinct search_quoted(search_code(in_company_id) || lexeme)
      || case when is_prefix then ':*' else '' end, ' | ')
    from (
      select lexeme, (given ->> 'isPrefix')::boolean and length(lexeme) > 1
      from jsonb_array_elements_text(given -> 'words') as word
      cross join lateral (
        select unnest(tsvector_to_array(to_tsvector('russian_plain', search_fold(word))))
        union
        -- «на» alone may be the beginning of «насос».
        select trim(search_fold(word))
        where (given ->> 'isPrefix')::boolean and jsonb_array_length(in_terms) = 1
          and trim(search_fold(word)) ~ '^\S{2,}$'
      ) as plain (lexeme)
      union all
      select lexeme, false
      from jsonb_array_elements_text(given -> 'words') as word
      cross join lateral
        unnest(tsvector_to_array(to_tsvector('russian', search_fold(word)))) as lexeme
      union all
      select left(key ->> 'text', 250), (key ->> 'isPrefix')::boolean
      from jsonb_array_elements(given -> 'keys') as key
    ) as alternatives (lexeme, is_prefix)
  ) as term (query)
  where term.query is not null;
end;

-- The best of the first in_most matches. in_reader_id: only what this person may see; null: everything.
create function find_search_documents(
  in_company_id uuid, in_terms jsonb, in_kinds text[], in_reader_id uuid, in_most int
)
  returns table (id uuid, kind text, rank int)
  language plpgsql stable security definer rows 500
  set search_path = public, pg_temp
  -- The words alone lead to the company's rows: any other way in reads all of them.
  set enable_seqscan = off
  as $$
declare
  query tsquery;
begin
  perform demand_own_company(in_company_id);
  query := search_query(in_company_id, in_terms);
  if query is null then
    return;
  end if;
  return query
  select found.id, found.kind,
    (ts_rank('{0.1, 0.2, 0.4, 1.0}', found.words, query) * 1000000)::int
  from (
    select document.id, document.kind, document.words
    from (
      select * from search_documents where words @@ query offset 0
    ) as document
    where document.company_id = in_company_id
      and document.kind = any(in_kinds)
      and (in_reader_id is null or document.reader_ids is null
        or in_reader_id = any(document.reader_ids))
    limit in_most
  ) as found;
end
$$;

-- Words of the company's own documents that look like this one, the most alike first.
create function suggest_search_words(in_company_id uuid, in_word text, in_most int)
  returns setof text
  language plpgsql stable security definer rows 20
  set search_path = public, pg_temp
  set enable_seqscan = off
  set pg_trgm.similarity_threshold = 0.25
  as $$
begin
  perform demand_own_company(in_company_id);
  return query
  select alike.word
  from (
    select known.word,
      max(similarity(search_spelling(known.word), search_spelling(in_word))) as likeness
    from search_words as known
    where search_spelling(known.word) % search_spelling(in_word)
    group by known.word
    order by likeness desc, known.word
    limit in_most
  ) as alike
  where exists (
    select
    from (
      select document.company_id
      from search_documents as document
      where document.words @@ (
        search_quoted(search_code(in_company_id) || alike.word)
          || coalesce(' | ' || search_quoted(search_code(in_company_id)
            || (ts_lexize('russian_stem', alike.word))[1]), '')
      )::tsquery
      offset 0
    ) as holder
    where holder.company_id = in_company_id
  )
  order by alike.likeness desc, alike.word;
end
$$;

-- Marks -------------------------------------------------------------------------------------------
-- Each trigger works once per statement and marks only what its change is to be found by.

create function mark_client_search() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into search_marks (company_id, document_id) select company_id, id from after;
    return null;
  end if;
  with changed as (
    select after.company_id, after.id
    from after
    join before on before.company_id = after.company_id and before.id = after.id
    where (before.name, before.phones, before.phone_numbers, before.emails, before.inn,
        before.address, before.note, before.removed_at)
      is distinct from (after.name, after.phones, after.phone_numbers, after.emails, after.inn,
        after.address, after.note, after.removed_at)
  ), estimates_of as (
    select estimates.company_id, estimates.id
    from changed
    join estimates
      on estimates.company_id = changed.company_id and estimates.client_id = changed.id
  )
  insert into search_marks (company_id, document_id)
  select company_id, id from changed
  union all
  select projects.company_id, projects.id
  from changed
  join projects on projects.company_id = changed.company_id and projects.client_id = changed.id
  union all
  select company_id, id from estimates_of
  union all
  select crm_deals.company_id, search_deal_id(connection_id, remote_id)
  from estimates_of
  join crm_deals
    on crm_deals.company_id = estimates_of.company_id and crm_deals.estimate_id = estimates_of.id;
  return null;
end
$$;
create trigger clients_search_added after insert on clients
  referencing new table as after for each statement execute function mark_client_search();
create trigger clients_search_changed after update on clients
  referencing old table as before new table as after
  for each statement execute function mark_client_search();

create function mark_project_search() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into search_marks (company_id, document_id) select company_id, id from after;
    return null;
  end if;
  with changed as (
    select after.company_id, after.id
    from after
    join before on before.company_id = after.company_id and before.id = after.id
    where (before.title, before.address, before.note, before.client_id, before.removed_at)
      is distinct from (after.title, after.address, after.note, after.client_id, after.removed_at)
  )
  insert into search_marks (company_id, document_id)
  select company_id, id from changed
  union all
  select estimates.company_id, estimates.id
  from changed
  join estimates on estimates.company_id = changed.company_id and estimates.project_id = changed.id;
  return null;
end
$$;
create trigger projects_search_added after insert on projects
  referencing new table as after for each statement execute function mark_project_search();
create trigger projects_search_changed after update on projects
  referencing old table as before new table as after
  for each statement execute function mark_project_search();

-- An estimate changes with every batch: only a row whose header changed comes to the function.
create function mark_estimate_search() returns trigger
  language plpgsql as $$
begin
  insert into search_marks (company_id, document_id)
  select new.company_id, new.id
  union all
  select company_id, search_deal_id(connection_id, remote_id)
  from crm_deals
  where company_id = new.company_id and estimate_id = new.id;
  return null;
end
$$;
create trigger estimates_search_added after insert on estimates
  for each row execute function mark_estimate_search();
create trigger estimates_search_changed after update on estimates
  for each row when ((old.title, old.project_id, old.client_id, old.note, old.internal_note,
      old.reason, old.foreman_id, old.created_by, old.removed_at, old.number_year,
      old.number_sequence)
    is distinct from (new.title, new.project_id, new.client_id, new.note, new.internal_note,
      new.reason, new.foreman_id, new.created_by, new.removed_at, new.number_year,
      new.number_sequence))
  execute function mark_estimate_search();

-- Of lines and sections. One mark a statement, however many rows it wrote and the estimate has.
create function mark_content_search() returns trigger
  language plpgsql as $$
begin
  insert into search_marks (company_id, document_id)
  select distinct company_id, estimate_id from changed;
  return null;
end
$$;

create function mark_line_search() returns trigger
  language plpgsql as $$
begin
  insert into search_marks (company_id, document_id)
  select distinct after.company_id, after.estimate_id
  from after
  left join before on before.company_id = after.company_id
    and before.estimate_id = after.estimate_id and before.id = after.id
  where before.id is null or (before.name, before.note, before.internal_note)
    is distinct from (after.name, after.note, after.internal_note);
  return null;
end
$$;
create trigger lines_search_added after insert on estimate_lines
  referencing new table as changed for each statement execute function mark_content_search();
create trigger lines_search_removed after delete on estimate_lines
  referencing old table as changed for each statement execute function mark_content_search();
create trigger lines_search_changed after update on estimate_lines
  referencing old table as before new table as after
  for each statement execute function mark_line_search();

create function mark_section_search() returns trigger
  language plpgsql as $$
begin
  insert into search_marks (company_id, document_id)
  select distinct after.company_id, after.estimate_id
  from after
  left join before on before.company_id = after.company_id
    and before.estimate_id = after.estimate_id and before.id = after.id
  where before.id is null or before.title is distinct from after.title;
  return null;
end
$$;
create trigger sections_search_added after insert on estimate_sections
  referencing new table as changed for each statement execute function mark_content_search();
create trigger sections_search_removed after delete on estimate_sections
  referencing old table as changed for each statement execute function mark_content_search();
create trigger sections_search_changed after update on estimate_sections
  referencing old table as before new table as after
  for each statement execute function mark_section_search();

create function mark_crm_client_search() returns trigger
  language plpgsql as $$
begin
  insert into search_marks (company_id, document_id)
  select distinct touched.company_id, touched.client_id
  from (
    select before.company_id, before.client_id
    from before
    left join after using (company_id, connection_id, entity, remote_id)
    where (before.client_id, before.sync_data, before.deleted_at)
      is distinct from (after.client_id, after.sync_data, after.deleted_at)
    union all
    select after.company_id, after.client_id
    from after
    left join before using (company_id, connection_id, entity, remote_id)
    where (before.client_id, before.sync_data, before.deleted_at)
      is distinct from (after.client_id, after.sync_data, after.deleted_at)
  ) as touched
  where touched.client_id is not null;
  return null;
end
$$;
create function mark_crm_client_search_once() returns trigger
  language plpgsql as $$
begin
  insert into search_marks (company_id, document_id)
  select distinct company_id, client_id from changed where client_id is not null;
  return null;
end
$$;
create trigger crm_clients_search_added after insert on crm_clients
  referencing new table as changed
  for each statement execute function mark_crm_client_search_once();
create trigger crm_clients_search_removed after delete on crm_clients
  referencing old table as changed
  for each statement execute function mark_crm_client_search_once();
create trigger crm_clients_search_changed after update on crm_clients
  referencing old table as before new table as after
  for each statement execute function mark_crm_client_search();

create function mark_deal_search() returns trigger
  language plpgsql as $$
begin
  with touched as (
    select before.company_id, before.connection_id, before.remote_id, before.estimate_id
    from before
    left join after using (company_id, connection_id, remote_id)
    where (before.estimate_id, before.sync_data, before.deleted_at)
      is distinct from (after.estimate_id, after.sync_data, after.deleted_at)
    union all
    select after.company_id, after.connection_id, after.remote_id, after.estimate_id
    from after
    left join before using (company_id, connection_id, remote_id)
    where (before.estimate_id, before.sync_data, before.deleted_at)
      is distinct from (after.estimate_id, after.sync_data, after.deleted_at)
  )
  insert into search_marks (company_id, document_id)
  select company_id, search_deal_id(connection_id, remote_id) from touched
  union
  select company_id, estimate_id from touched where estimate_id is not null;
  return null;
end
$$;
create function mark_deal_search_once() returns trigger
  language plpgsql as $$
begin
  insert into search_marks (company_id, document_id)
  select company_id, search_deal_id(connection_id, remote_id) from changed
  union
  select company_id, estimate_id from changed where estimate_id is not null;
  return null;
end
$$;
create trigger crm_deals_search_added after insert on crm_deals
  referencing new table as changed for each statement execute function mark_deal_search_once();
create trigger crm_deals_search_removed after delete on crm_deals
  referencing old table as changed for each statement execute function mark_deal_search_once();
create trigger crm_deals_search_changed after update on crm_deals
  referencing old table as before new table as after
  for each statement execute function mark_deal_search();

-- A connection that was removed takes its deals out of the search.
create function mark_connection_search() returns trigger
  language plpgsql as $$
begin
  insert into search_marks (company_id, document_id)
  select company_id, search_deal_id(connection_id, remote_id)
  from crm_deals
  where company_id = new.company_id and connection_id = new.id;
  return null;
end
$$;
create trigger crm_connections_search_changed after update on crm_connections
  for each row when ((old.state = 'removed') <> (new.state = 'removed'))
  execute function mark_connection_search();

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['search_documents', 'search_marks'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy own_company on %I using (company_id = (select current_company()))
       with check (company_id = (select current_company()))', tenant_table);
  end loop;
end
$$;

-- What is there already.
select rebuild_search(company_id) from companies;
