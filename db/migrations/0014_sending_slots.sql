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
