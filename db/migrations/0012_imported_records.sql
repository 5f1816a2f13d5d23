-- What came from another program: found again, it is not brought a second time. What no column of ours
-- holds stays in `extra`, as it was there.
create table imported_records (
  company_id uuid not null references companies (company_id),
  source text not null check (source <> ''),
  kind text not null check (kind in ('client', 'project', 'estimate')),
  -- The key in the other program.
  source_id text not null,
  thing_id uuid not null,
  extra jsonb not null default '{}',
  imported_at timestamptz not null default now(),
  primary key (company_id, source, kind, source_id)
);
create index imported_records_by_thing on imported_records (company_id, thing_id);

alter table imported_records enable row level security;
create policy own_company on imported_records
  using (company_id = (select current_company()))
  with check (company_id = (select current_company()));

-- Whose data are erased here, his former record goes, too; only that it was brought stays known.
create function forget_imported_client() returns trigger
  language plpgsql as $$
begin
  update imported_records
  set extra = '{}'
  where company_id = new.company_id
    and extra <> '{}'
    and thing_id in (
      select new.id
      union all
      select id from estimates where company_id = new.company_id and client_id = new.id
      union all
      select id from projects where company_id = new.company_id and client_id = new.id
    );
  return null;
end
$$;
create trigger clients_forgotten after update of erased_at on clients
  for each row when (old.erased_at is null and new.erased_at is not null)
  execute function forget_imported_client();
