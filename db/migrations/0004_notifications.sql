-- Jobs that died, who runs a job right now, and what reminders look for.

-- Kept until somebody of the company drives them again, and after it as a record.
create table dead_letters (
  company_id uuid not null references companies (company_id),
  id uuid not null,
  queue text not null,
  payload jsonb not null,
  -- For the records, not for people: it may be in any language.
  reason text not null,
  died_at timestamptz not null,
  retried_at timestamptz,
  retried_by uuid references users (user_id),
  primary key (company_id, id)
);

alter table dead_letters enable row level security;
create policy own_company on dead_letters
  using (company_id = (select current_company()))
  with check (company_id = (select current_company()));

-- Which process runs a job. It holds an advisory lock of its number as long as it lives, so others see
-- at once that it died: PostgreSQL lets go of the lock with the connection.
create table job_claims (
  job_id uuid primary key,
  queue text not null,
  worker int not null
);
create index job_claims_by_worker on job_claims (worker);
revoke all on job_claims from smetka_app;

-- Promised prices that end while the estimate waits for an answer.
create index estimates_waiting_by_validity on estimates (company_id, valid_until)
  where status = 'submitted' and removed_at is null;
