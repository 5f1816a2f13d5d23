-- Keys of other programs, and the answers that a repeated request gets again.

create table api_keys (
  company_id uuid not null,
  id uuid not null,
  name text not null check (name <> ''),
  scope text not null check (scope in ('read', 'write')),
  -- SHA-256 of the key: it is long and random, so a slow hash would protect nothing.
  token_hash bytea not null,
  -- The owner in whose name the key works, and only as long as that person is one.
  created_by uuid not null,
  created_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  primary key (company_id, id),
  unique (company_id, token_hash),
  foreign key (company_id, created_by) references memberships (company_id, user_id)
);

create table repeatable_requests (
  company_id uuid not null references companies (company_id),
  user_id uuid not null,
  -- Idempotency-Key of the request.
  key text not null,
  -- SHA-256 of the method, the path and the body.
  digest bytea not null,
  -- Null only inside the transaction that does the work.
  status int,
  body text,
  created_at timestamptz not null,
  primary key (company_id, user_id, key)
);
create index repeatable_requests_age on repeatable_requests (created_at);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['api_keys', 'repeatable_requests'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy own_company on %I using (company_id = (select current_company()))
       with check (company_id = (select current_company()))', tenant_table);
  end loop;
end
$$;
