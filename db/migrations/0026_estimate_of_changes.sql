-- One look at the estimate per statement, not one for each of a thousand changes, which is what a join of
-- all new rows came to.
create or replace function demand_estimate_of_changes() returns trigger
  language plpgsql as $$
begin
  if exists (
    select
    from (select distinct company_id, estimate_id from new_rows) as changed
    left join estimates
      on estimates.company_id = changed.company_id and estimates.id = changed.estimate_id
    where estimates.id is null
  ) then
    raise exception 'a change of an unknown estimate' using errcode = 'foreign_key_violation';
  end if;
  return null;
end
$$;
