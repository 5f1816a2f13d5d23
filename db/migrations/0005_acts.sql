-- Photos of extra work, acts with drafts, received payments and their plan.

-- What extra work looks like: shown to the client on the page of the link.
create table extra_photos (
  company_id uuid not null,
  estimate_id uuid not null,
  id uuid not null,
  -- Of the bytes, hexadecimal: what the client agreed to names it.
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  media_type text not null check (media_type in ('image/jpeg', 'image/png', 'image/webp')),
  bytes bytea not null check (octet_length(bytes) <= 2000000),
  created_by uuid not null references users (user_id),
  created_at timestamptz not null default now(),
  primary key (company_id, estimate_id, id),
  -- The same picture sent twice is one.
  unique (company_id, estimate_id, sha256),
  foreign key (company_id, estimate_id) references estimates (company_id, id)
);
create trigger frozen_after_insert after insert on extra_photos referencing new table
  as changed_rows for each statement execute function refuse_frozen_content();
create trigger frozen_after_update after update on extra_photos referencing old table
  as changed_rows for each statement execute function refuse_frozen_content();
create trigger frozen_after_delete after delete on extra_photos referencing old table
  as changed_rows for each statement execute function refuse_frozen_content();
create trigger stays_in_its_estimate before update of estimate_id on extra_photos
  for each row when (old.estimate_id is distinct from new.estimate_id)
  execute function refuse_moving_content();

-- Acts ----------------------------------------------------------------------------------------------

-- The rate of VAT is of the day of acceptance and of each approved estimate: it is in the content.
alter table acts
  drop column vat,
  alter column content drop not null,
  add column status text not null default 'draft'
    check (status in ('draft', 'signed', 'cancelled')),
  -- Grows by one with each change of a draft.
  add column version int not null default 1,
  -- What is printed, as it was when the act was signed: canonical JSON.
  add column document text,
  -- Who accepted for the client, as written in the act.
  add column accepted_by text not null default '',
  add column signed_at timestamptz,
  add column signed_by uuid references users (user_id),
  add column cancelled_by uuid references users (user_id),
  add column updated_at timestamptz not null default now(),
  add check (status = 'draft'
    or (content is not null and document is not null and signed_at is not null)),
  add check ((status = 'cancelled') = (cancelled_at is not null));
create trigger acts_updated before update on acts
  for each row execute function keep_updated_at();

create function refuse_changed_act() returns trigger
  language plpgsql as $$
begin
  if old.status <> 'draft' and (tg_op = 'DELETE' or new.status <> 'cancelled' or
    (new.id, new.estimate_id, new.number, new.date, new.period_from, new.period_to, new.content,
      new.document, new.total_amount, new.signed_at, new.signed_by, new.accepted_by)
    is distinct from
    (old.id, old.estimate_id, old.number, old.date, old.period_from, old.period_to, old.content,
      old.document, old.total_amount, old.signed_at, old.signed_by, old.accepted_by))
  then
    raise exception 'a signed act does not change' using errcode = 'SM001';
  end if;
  return null;
end
$$;
-- After, so that row-level security has its say first.
create trigger acts_frozen after update or delete on acts
  for each row execute function refuse_changed_act();

-- Never more than was approved, whoever comes at the same time: the rows of the contract and of its
-- extras are the queue. Nor does an extra become a draft meanwhile.
create function guard_act_lines() returns trigger
  language plpgsql as $$
begin
  perform
  from estimates
  where (company_id, id) in (
    select acts.company_id, acts.estimate_id
    from changed_rows
    join acts on acts.company_id = changed_rows.company_id and acts.id = changed_rows.act_id
    union
    select company_id, estimate_id
    from changed_rows
  )
  order by id
  for no key update;
  if exists (
    select
    from changed_rows
    join acts on acts.company_id = changed_rows.company_id and acts.id = changed_rows.act_id
    where acts.status <> 'draft'
  ) then
    raise exception 'a signed act does not change' using errcode = 'SM001';
  end if;
  if tg_op = 'DELETE' then
    return null;
  end if;
  if exists (
    select
    from changed_rows as changed
    join acts on acts.company_id = changed.company_id and acts.id = changed.act_id
    left join estimates
      on estimates.company_id = changed.company_id and estimates.id = changed.estimate_id
    left join estimate_lines as lines
      on lines.company_id = changed.company_id and lines.estimate_id = changed.estimate_id
      and lines.id = changed.line_id
    where lines.id is null
      or estimates.status <> 'approved'
      or (lines.is_optional and not lines.is_chosen)
      or acts.estimate_id <> coalesce(estimates.parent_id, estimates.id)
      or lines.quantity < (
        select sum(others.quantity)
        from act_lines as others
        join acts as other_acts
          on other_acts.company_id = others.company_id and other_acts.id = others.act_id
        where others.company_id = changed.company_id
          and others.estimate_id = changed.estimate_id
          and others.line_id = changed.line_id
          and other_acts.status <> 'cancelled'
      )
  ) then
    raise exception 'more than was approved' using errcode = 'SM002';
  end if;
  return null;
end
$$;
create trigger act_lines_guarded_insert after insert on act_lines referencing new table
  as changed_rows for each statement execute function guard_act_lines();
create trigger act_lines_guarded_update after update on act_lines referencing new table
  as changed_rows for each statement execute function guard_act_lines();
create trigger act_lines_guarded_delete after delete on act_lines referencing old table
  as changed_rows for each statement execute function guard_act_lines();

-- What is accepted, even in a draft of an act, is not opened again: what changes is extra work.
create function refuse_opening_accepted() returns trigger
  language plpgsql as $$
begin
  if old.status in ('approved', 'archived') and new.status not in ('approved', 'archived')
    and (
      exists (
        select
        from acts
        where acts.company_id = old.company_id and acts.estimate_id = old.id
          and acts.status <> 'cancelled'
      )
      or exists (
        select
        from act_lines
        join acts on acts.company_id = act_lines.company_id and acts.id = act_lines.act_id
        where act_lines.company_id = old.company_id and act_lines.estimate_id = old.id
          and acts.status <> 'cancelled'
      )
    )
  then
    raise exception 'the estimate has acts' using errcode = 'SM001';
  end if;
  return new;
end
$$;
create trigger estimates_accepted before update of status on estimates
  for each row execute function refuse_opening_accepted();

-- Papers of an act; a removed draft takes them along.
alter table documents
  add column act_id uuid,
  add column form text check (form in ('ks2', 'ks3')),
  add check ((act_id is null) = (form is null)),
  add foreign key (company_id, act_id) references acts (company_id, id) on delete cascade;
create index documents_by_act on documents (company_id, act_id) where act_id is not null;

-- Payments ------------------------------------------------------------------------------------------

-- What the client is to pay and when: a sum, or a share of all that is agreed.
create table payment_stages (
  company_id uuid not null,
  id uuid not null,
  estimate_id uuid not null,
  title text not null,
  amount numeric(16, 2) check (amount > 0),
  percent numeric(9, 4) check (percent > 0),
  due_on date,
  created_by uuid not null references users (user_id),
  created_at timestamptz not null default now(),
  removed_at timestamptz,
  primary key (company_id, id),
  foreign key (company_id, estimate_id) references estimates (company_id, id),
  check ((amount is null) <> (percent is null))
);
create index payment_stages_by_estimate on payment_stages (company_id, estimate_id);
create index payment_stages_due on payment_stages (company_id, due_on) where removed_at is null;
insert into payment_stages (
  company_id, id, estimate_id, title, amount, due_on, created_by, created_at, removed_at
)
select company_id, id, estimate_id, title, amount, due_on, created_by, created_at, removed_at
from payments
where received_on is null;
delete from payments where received_on is null;

-- From here on a payment is money that came.
drop index payments_due;
alter table payments
  drop column due_on,
  alter column received_on set not null;

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['extra_photos', 'payment_stages'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy own_company on %I using (company_id = (select current_company()))
       with check (company_id = (select current_company()))', tenant_table);
  end loop;
end
$$;
