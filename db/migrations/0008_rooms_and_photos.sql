-- Measures of rooms, quantities that follow them, and photos on lines.

create table estimate_rooms (
  company_id uuid not null,
  estimate_id uuid not null,
  id uuid not null,
  position text collate "C" not null,
  name text not null,
  -- Metres.
  length numeric(18, 7) not null check (length >= 0),
  width numeric(18, 7) not null check (width >= 0),
  height numeric(18, 7) not null check (height >= 0),
  openings jsonb not null,
  primary key (company_id, estimate_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);

-- Empty: the quantity is a plain number. Else it is what the formula gives.
alter table estimate_lines add column quantity_formula text not null default '';
create index estimate_lines_following on estimate_lines (company_id, estimate_id)
  where quantity_formula <> '';

-- What the browser made of a picture: a large one for looking, a small one for the list. The line may be
-- gone and come back by an undo, so nothing points at it.
create table line_photos (
  company_id uuid not null,
  id uuid not null,
  estimate_id uuid not null,
  line_id uuid not null,
  picture bytea not null check (octet_length(picture) <= 1048576),
  thumbnail bytea not null check (octet_length(thumbnail) <= 65536),
  width int not null check (width between 1 and 4096),
  height int not null check (height between 1 and 4096),
  created_by uuid not null references users (user_id),
  created_at timestamptz not null default now(),
  primary key (company_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);
create index line_photos_by_estimate on line_photos (company_id, estimate_id, line_id, id);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['estimate_rooms', 'line_photos'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy own_company on %I using (company_id = (select current_company()))
       with check (company_id = (select current_company()))', tenant_table);
  end loop;
end
$$;
