-- The question of a search, of which the plan is kept: a function in SQL was planned anew at every call,
-- which took longer than all the rest of a search.
create or replace function search_query(in_company_id uuid, in_terms jsonb) returns tsquery
  language plpgsql stable parallel safe set search_path = public, pg_temp as $$
declare
  code constant text := search_code(in_company_id);
  is_alone constant boolean := jsonb_array_length(in_terms) = 1;
  given jsonb;
  is_prefix boolean;
  word text;
  folded text;
  alternatives text[];
  terms text[] := '{}';
begin
  for given in select * from jsonb_array_elements(in_terms) loop
    is_prefix := (given ->> 'isPrefix')::boolean;
    alternatives := '{}';
    for word in select * from jsonb_array_elements_text(given -> 'words') loop
      folded := search_fold(word);
      alternatives := alternatives || array(
        select search_quoted(code || lexeme)
          || case when is_prefix and length(lexeme) > 1 then ':*' else '' end
        from unnest(tsvector_to_array(to_tsvector('public.russian_plain', folded))) as lexeme
        union all
        select search_quoted(code || lexeme)
        from unnest(tsvector_to_array(to_tsvector('pg_catalog.russian', folded))) as lexeme
      );
      -- «на» alone may be the beginning of «насос».
      folded := trim(folded);
      if is_prefix and is_alone and folded ~ '^\S{2,}$' then
        alternatives := alternatives || (search_quoted(code || folded) || ':*');
      end if;
    end loop;
    alternatives := alternatives || array(
      select search_quoted(code || left(key ->> 'text', 250))
        || case when (key ->> 'isPrefix')::boolean then ':*' else '' end
      from jsonb_array_elements(given -> 'keys') as key
    );
    if cardinality(alternatives) > 0 then
      terms := terms || ('(' || (
        select string_agg(distinct alternative, ' | ') from unnest(alternatives) as alternative
      ) || ')');
    end if;
  end loop;
  if cardinality(terms) = 0 then
    return null;
  end if;
  return array_to_string(terms, ' & ')::tsquery;
end
$$;
