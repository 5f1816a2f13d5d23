import { z } from "zod";
import type { Queryable, Sql } from "./client.ts";

/**
 * Telegram takes about 30 messages a second from a bot and one a second into a chat:
 * core.telegram.org/bots/faq#my-bot-is-hitting-limits. A little slower, for messages that were sent
 * evenly do not arrive evenly.
 */
const BETWEEN_MESSAGES = 35; // ms
const BETWEEN_MESSAGES_OF_A_CHAT = 1_000; // ms

const interval = (ms: number): string => `${ms} milliseconds`;

/** How long to wait, in ms: `go` then sends; `wait` asks again, for the chat or everybody must pause. */
export interface Turn {
  readonly kind: "go" | "wait";
  readonly ms: number;
}

const turnRow = z.object({
  slot: z.coerce.number().nullable(),
  chat: z.coerce.number(),
  pause: z.coerce.number(),
});

/**
 * Takes the next free moment of all processes together. A moment that was taken and not used is lost,
 * which slows sending down and breaks nothing.
 */
export async function takeTurn(sql: Queryable, botId: number, telegramId: number): Promise<Turn> {
  const [row] = await sql`
    with chat as (
      select greatest(coalesce(max(next_at), '-infinity'), clock_timestamp()) as ready_at
      from telegram_chat_pace
      where telegram_id = ${telegramId}
    ), taken as (
      insert into telegram_pace as pace (bot_id, next_at)
      select ${botId}, clock_timestamp() + ${interval(BETWEEN_MESSAGES)}::interval
      from chat
      where chat.ready_at <= clock_timestamp()
      on conflict (bot_id) do update
      set next_at =
        greatest(pace.next_at, clock_timestamp()) + ${interval(BETWEEN_MESSAGES)}::interval
      where pace.paused_until <= clock_timestamp()
      returning next_at
    )
    select
      (
        select extract(epoch from
          next_at - ${interval(BETWEEN_MESSAGES)}::interval - clock_timestamp()) * 1000
        from taken
      ) as slot,
      (select extract(epoch from ready_at - clock_timestamp()) * 1000 from chat) as chat,
      coalesce((
        select greatest(0, extract(epoch from
          greatest(paused_until, clock_timestamp()) - clock_timestamp()) * 1000)
        from telegram_pace
        where bot_id = ${botId}
      ), 0) as pause
  `;
  const { slot, chat, pause } = turnRow.parse(row);
  if (slot !== null) return { kind: "go", ms: Math.max(0, slot) };
  // Never zero: whoever must wait asks again a little later.
  return { kind: "wait", ms: Math.max(5, chat, pause) };
}

/** Milliseconds that nobody may send for. */
export async function findPause(sql: Queryable, botId: number): Promise<number> {
  const [row] = await sql`
    select greatest(0, extract(epoch from
      greatest(paused_until, clock_timestamp()) - clock_timestamp()) * 1000) as pause
    from telegram_pace
    where bot_id = ${botId}
  `;
  return z.object({ pause: z.coerce.number() }).parse(row ?? { pause: 0 }).pause;
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

/** A message reached the chat just now: the next one must keep its distance. */
export async function noteChatMessage(sql: Queryable, telegramId: number): Promise<void> {
  await sql`
    insert into telegram_chat_pace (telegram_id, next_at)
    values (
      ${telegramId}, clock_timestamp() + ${interval(BETWEEN_MESSAGES_OF_A_CHAT)}::interval
    )
    on conflict (telegram_id) do update
    set next_at = excluded.next_at
  `;
}

/** Chats that somebody sends to right now, one sender for each over all processes. */
export interface ChatLocks {
  /** Null: another one is at it. Call the result when done. */
  tryTake(telegramId: number): Promise<(() => Promise<void>) | null>;
  close(): Promise<void>;
}

/**
 * Locks of one connection that is kept for them: PostgreSQL lets go of them when the process dies.
 */
export function createChatLocks(sql: Sql): ChatLocks {
  const taken = new Set<number>();
  let keeper: ReturnType<Sql["reserve"]> | null = null;
  const connection = (): ReturnType<Sql["reserve"]> => {
    keeper ??= sql.reserve();
    return keeper;
  };
  const drop = (): void => {
    keeper = null;
  };
  const keyOf = (telegramId: number): string => `telegram.notify ${telegramId}`;
  return {
    tryTake: async (telegramId) => {
      // A connection may take its own lock again, so the process looks at itself first.
      if (taken.has(telegramId)) return null;
      taken.add(telegramId);
      try {
        const reserved = await connection();
        const [row] = await reserved`
          select pg_try_advisory_lock(hashtextextended(${keyOf(telegramId)}, 0)) as is_taken
        `;
        if (row?.["is_taken"] !== true) {
          taken.delete(telegramId);
          return null;
        }
      } catch (error) {
        taken.delete(telegramId);
        drop();
        throw error;
      }
      return async () => {
        try {
          const reserved = await connection();
          await reserved`
            select pg_advisory_unlock(hashtextextended(${keyOf(telegramId)}, 0))
          `;
        } catch {
          // The connection is gone and its locks with it.
          drop();
        } finally {
          taken.delete(telegramId);
        }
      };
    },
    close: async () => {
      if (keeper) (await keeper).release();
      drop();
    },
  };
}
