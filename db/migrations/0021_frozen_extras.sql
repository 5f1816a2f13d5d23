-- Extra work is agreed to with its number, its parent and its reason: they are frozen with the rest.
create or replace function refuse_frozen_header() returns trigger
  language plpgsql as $$
begin
  if old.status not in ('draft', 'returned') and
    (new.title, new.project_id, new.client_id, new.date, new.valid_until, new.vat, new.discount,
      new.price_kind, new.payment_terms, new.warranty, new.note, new.work_amount,
      new.material_amount, new.total_amount, new.version, new.reason, new.parent_id,
      new.extra_sequence, new.number_year, new.number_sequence)
    is distinct from
    (old.title, old.project_id, old.client_id, old.date, old.valid_until, old.vat, old.discount,
      old.price_kind, old.payment_terms, old.warranty, old.note, old.work_amount,
      old.material_amount, old.total_amount, old.version, old.reason, old.parent_id,
      old.extra_sequence, old.number_year, old.number_sequence)
  then
    raise exception 'the estimate is frozen' using errcode = 'SM001';
  end if;
  -- What is approved is opened again only by retiring its revision, which stays in the records.
  if old.status in ('approved', 'archived') and new.status not in ('approved', 'archived')
    and exists (
      select
      from estimate_revisions
      where estimate_revisions.company_id = old.company_id
        and estimate_revisions.estimate_id = old.id
        and estimate_revisions.status = 'approved'
    )
  then
    raise exception 'the estimate is approved' using errcode = 'SM001';
  end if;
  return new;
end
$$;
