-- The question of a search without queries inside it: loops take a quarter of their time. The alternatives
-- are the same, each once.
create or replace function search_query(in_company_id uuid, in_terms jsonb) returns tsquery
  language plpgsql stable parallel safe set search_path = public, pg_temp as $$
declare
  code constant text := search_code(in_company_id);
  is_alone constant boolean := jsonb_array_length(in_terms) = 1;
  given jsonb;
  key jsonb;
  is_prefix boolean;
  folded text;
  lexeme text;
  alternative text;
  made text[];
  alternatives text[];
  terms text[] := '{}';
begin
  for term in 0 .. jsonb_array_length(in_terms) - 1 loop
    given := in_terms -> term;
    is_prefix := (given ->> 'isPrefix')::boolean;
    made := '{}';
    for word in 0 .. jsonb_array_length(given -> 'words') - 1 loop
      folded := search_fold(given -> 'words' ->> word);
      foreach lexeme in array tsvector_to_array(to_tsvector('public.russian_plain', folded)) loop
        made := made || (search_quoted(code || lexeme)
          || case when is_prefix and length(lexeme) > 1 then ':*' else '' end);
      end loop;
      foreach lexeme in array tsvector_to_array(to_tsvector('pg_catalog.russian', folded)) loop
        made := made || search_quoted(code || lexeme);
      end loop;
      -- «на» alone may be the beginning of «насос».
      folded := trim(folded);
      if is_prefix and is_alone and length(folded) > 1 and strpos(folded, ' ') = 0 then
        made := made || (search_quoted(code || folded) || ':*');
      end if;
    end loop;
    for place in 0 .. jsonb_array_length(given -> 'keys') - 1 loop
      key := given -> 'keys' -> place;
      made := made || (search_quoted(code || left(key ->> 'text', 250))
        || case when (key ->> 'isPrefix')::boolean then ':*' else '' end);
    end loop;
    alternatives := '{}';
    foreach alternative in array made loop
      if alternative <> all(alternatives) then
        alternatives := alternatives || alternative;
      end if;
    end loop;
    if cardinality(alternatives) > 0 then
      terms := terms || ('(' || array_to_string(alternatives, ' | ') || ')');
    end if;
  end loop;
  if cardinality(terms) = 0 then
    return null;
  end if;
  return array_to_string(terms, ' & ')::tsquery;
end
$$;
