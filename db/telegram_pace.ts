import { z } from "zod";
import type { Queryable } from "./client.ts";

/**
 * Telegram takes about 30 messages a second from a bot and one a second into a chat:
 * core.telegram.org/bots/faq#my-bot-is-hitting-limits.
 */
const SLOTS = 30;
export const SECOND = 1_000; // ms

const interval = (ms: number): string => `${ms} milliseconds`;

/** Makes the bot's slots where they are missing; the first ones come free evenly. */
export async function openSlots(sql: Queryable, botId: number): Promise<void> {
  await sql`
    with pace as (
      insert into telegram_pace (bot_id)
      values (${botId})
      on conflict do nothing
    )
    insert into telegram_slots (bot_id, slot, free_at)
    select ${botId}, slot, clock_timestamp() + slot * ${interval(SECOND / SLOTS)}::interval
    from generate_series(0, ${SLOTS - 1}) as slot
    on conflict do nothing
  `;
}

const pauseRow = z.object({ pause: z.coerce.number() });

/** Milliseconds that nobody may send for. */
export async function findPause(sql: Queryable, botId: number): Promise<number> {
  const [row] = await sql`
    select greatest(0, extract(epoch from
      greatest(paused_until, clock_timestamp()) - clock_timestamp()) * 1000) as pause
    from telegram_pace
    where bot_id = ${botId}
  `;
  return pauseRow.parse(row ?? { pause: 0 }).pause;
}

/** Telegram said 429: nobody sends for so many seconds. A longer pause stays as it is. */
export async function pauseSending(sql: Queryable, botId: number, seconds: number): Promise<void> {
  await sql`
    insert into telegram_pace as pace (bot_id, paused_until)
    values (${botId}, clock_timestamp() + ${interval(seconds * 1000)}::interval)
    on conflict (bot_id) do update
    set paused_until = greatest(pace.paused_until, excluded.paused_until)
  `;
}

/** The right to send one message; `taken` tells it from later ones of the same slot. */
export interface Slot {
  readonly botId: number;
  readonly slot: number;
  readonly taken: string;
  readonly telegramId: number;
}

/**
 * Gives back what a message took, from moments on: ms since 1970 by the database's clock.
 * Somebody may have taken a slot that was held too long: then it stays with them.
 */
export async function releaseSlot(
  sql: Queryable,
  { botId, slot, taken, telegramId }: Slot,
  free: { readonly slotAt: number; readonly chatAt: number },
): Promise<void> {
  await sql`
    with chat as (
      update telegram_chat_pace
      set next_at = to_timestamp(${free.chatAt / 1000}::float8)
      where telegram_id = ${telegramId}
    )
    update telegram_slots
    set free_at = to_timestamp(${free.slotAt / 1000}::float8)
    where bot_id = ${botId} and slot = ${slot} and taken = ${taken}
  `;
}
