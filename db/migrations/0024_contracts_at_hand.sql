-- `begin_update` that also says whether the person has an approved estimate: extra work may belong to it.
-- Asked here, as the company's role, it costs a look into an index; alone it would cost a round trip.
-- `in_own_only`: the roles that see only their own.
create function open_update(
  in_bot_id bigint, in_update_id bigint, in_chat_id bigint,
  in_telegram_id bigint, in_username text, in_first_name text, in_last_name text,
  in_language_code text, in_state_key text, in_new_user_id uuid, in_own_only text[],
  out is_repeat boolean, out user_id uuid, out user_name text, out company_id uuid,
  out user_role text, out memberships jsonb, out states jsonb, out has_contracts boolean
)
  language plpgsql as $$
#variable_conflict use_column
begin
  select
    opened.is_repeat, opened.user_id, opened.user_name, opened.company_id, opened.user_role,
    opened.memberships, opened.states
  into is_repeat, user_id, user_name, company_id, user_role, memberships, states
  from begin_update(
    in_bot_id, in_update_id, in_chat_id, in_telegram_id, in_username, in_first_name, in_last_name,
    in_language_code, in_state_key, in_new_user_id
  ) as opened;

  has_contracts := not is_repeat and exists (
    select
    from estimates
    where estimates.company_id = open_update.company_id
      and estimates.kind = 'main' and estimates.status = 'approved'
      and estimates.removed_at is null
      and (
        open_update.user_role <> all (in_own_only)
        or open_update.user_id in (estimates.foreman_id, estimates.created_by)
      )
  );
end
$$;
