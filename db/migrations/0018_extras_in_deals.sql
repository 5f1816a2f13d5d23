-- Papers of extra work on the deal of its parent: the revision that is there, by the extra's id.
alter table crm_deals add column attached_extras jsonb not null default '{}';
