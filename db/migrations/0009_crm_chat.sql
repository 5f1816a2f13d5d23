-- CRMs in the chat: what an owner entered until a job has tried it, and who watches a scan.

create table crm_drafts (
  company_id uuid not null references companies (company_id),
  id uuid not null,
  -- The whole access with its keys: AES-256-GCM, bound to the id.
  access bytea not null,
  created_by uuid not null,
  -- The message that the answer replaces.
  chat_id bigint not null,
  message_id bigint,
  created_at timestamptz not null default now(),
  primary key (company_id, id)
);
create index crm_drafts_age on crm_drafts (created_at);

-- Messages that show the progress of a scan.
create table crm_watchers (
  company_id uuid not null,
  connection_id uuid not null,
  chat_id bigint not null,
  message_id bigint not null,
  shown_at timestamptz,
  primary key (company_id, connection_id, chat_id),
  foreign key (company_id, connection_id) references crm_connections (company_id, id)
);

-- Records that a full scan will read; null: the CRM does not tell, or only changes are read.
alter table crm_syncs add column total int;

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['crm_drafts', 'crm_watchers'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format(
      'create policy own_company on %I using (company_id = (select current_company()))
       with check (company_id = (select current_company()))', tenant_table);
  end loop;
end
$$;
