-- Telegram takes 30 messages a second. Each row is one of them: taken for a message, and free again a
-- second after Telegram has answered. So 31 messages can't fit into any second, however late they go out.
create table telegram_slots (
  bot_id bigint not null,
  slot int not null,
  free_at timestamptz not null,
  -- Which taking this is: whoever was too slow lets go of nothing that another one took since.
  taken bigint not null default 0,
  primary key (bot_id, slot)
) with (fillfactor = 50);
revoke all on telegram_slots from smetka_app;

-- A message of the program is about one company; who belongs to several acts there on it.
create function company_of_message(in_telegram_id bigint, in_message_id bigint) returns uuid
  language sql stable security definer set search_path = public as $$
  select notifications.company_id
  from telegram_notifications as notifications
  join telegram_users
    on telegram_users.telegram_id = notifications.telegram_id
  join memberships
    on memberships.company_id = notifications.company_id
    and memberships.user_id = telegram_users.user_id
    and memberships.removed_at is null
  where notifications.telegram_id = in_telegram_id
    and notifications.telegram_message_id = in_message_id
  order by notifications.id desc
  limit 1
$$;
revoke all on function company_of_message from public;
grant execute on function company_of_message to smetka_app;
