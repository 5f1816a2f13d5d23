import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Queryable, Sql, Transaction } from "./client.ts";
import { inTransaction } from "./transactions.ts";
import type { Slot } from "./telegram_pace.ts";

/**
 * What waits to be sent to a chat, whichever companies it is from. These queries run as the owner of
 * the tables: a chat has one order of messages, and a person may be in several teams.
 */
export interface WaitingNotification {
  readonly companyId: Id;
  readonly id: Id;
  readonly telegramId: number;
  readonly kind: string;
  readonly content: unknown;
  /** How many notifications it stands for. */
  readonly count: number;
  /** This attempt included. */
  readonly attempts: number;
  readonly timezone: string;
  /** Null when the person belongs to no other company. */
  readonly companyName: string | null;
  /** From 0 to 23, by the company's time. */
  readonly hour: number;
}

const waitingRow = z
  .object({
    company_id: z.string(),
    id: z.string(),
    telegram_id: z.coerce.number(),
    kind: z.string(),
    content: z.unknown(),
    count: z.number(),
    attempts: z.number(),
    timezone: z.string(),
    company_name: z.string().nullable(),
    hour: z.number(),
  })
  .transform(({ company_id, telegram_id, company_name, ...row }): WaitingNotification => ({
    ...row,
    companyId: company_id,
    telegramId: telegram_id,
    companyName: company_name,
  }));

/** One that was taken to be sent, with the right to send it. */
export interface ClaimedNotification extends WaitingNotification {
  readonly slot: Slot;
  /** When the right begins: ms since 1970 by the database's clock. */
  readonly startsAt: number;
}

const claimedRow = z
  .intersection(
    waitingRow,
    z.object({
      slot: z.number(),
      taken: z.string(),
      starts_at: z.coerce.number(),
      read_at: z.coerce.number(),
    }),
  )
  .transform(({ slot, taken, starts_at, read_at, ...notification }) => ({
    notification,
    slot,
    taken,
    startsAt: starts_at,
    readAt: read_at,
  }));
const claimedRows = z.array(claimedRow);

/** A worker that is killed holds its chat so long; longer than sending may take. */
const CHAT_LEASE = 12_000; // ms
/** And its slot: longer than a message is on its way to Telegram, though not always than its answer. */
const SLOT_LEASE = 2_000; // ms
/** Slots are taken a little before they are free, so that asking for them costs no sending time. */
const AHEAD = 500; // ms
/** Chats that one look walks over. */
const MANY_CHATS = 500;

const ms = (count: number): string => `${count} milliseconds`;

/** Chats after `after`, by their ids, with something that may be sent now. */
export async function listDueChats(
  sql: Queryable,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<number[]> {
  const rows = await sql`
    with recursive walk (telegram_id) as (
      (
        select telegram_id
        from telegram_notifications
        where status = 'waiting' and telegram_id > ${after}
        order by telegram_id
        limit 1
      )
      union all
      select (
        select telegram_id
        from telegram_notifications as following
        where status = 'waiting' and following.telegram_id > walk.telegram_id
        order by telegram_id
        limit 1
      )
      from walk
      where walk.telegram_id is not null
    )
    select chats.telegram_id
    from (select telegram_id from walk limit ${MANY_CHATS}) as chats
    cross join lateral (${nextOf(sql, sql`chats.telegram_id`)}) as next
    left join telegram_chat_pace as pace on pace.telegram_id = chats.telegram_id
    where next.not_before <= clock_timestamp()
      and coalesce(pace.next_at <= clock_timestamp(), true)
    limit ${limit}
  `;
  return z
    .array(z.object({ telegram_id: z.coerce.number() }))
    .parse(rows)
    .map((row) => row.telegram_id);
}

/** The chat's next one: what failed before keeps its place, what only gathers lets others pass. */
function nextOf(sql: Queryable, telegramId: ReturnType<Queryable>) {
  return sql`
    select company_id, id, not_before
    from telegram_notifications
    where telegram_id = ${telegramId}
      and status = 'waiting'
      and (not_before <= clock_timestamp() or attempts > 0)
    order by id
    limit 1
  `;
}

/**
 * Takes the next notification of each chat, as many as there are slots, and counts an attempt at each.
 * All processes take turns at this, so nothing is taken twice. Nobody sends while there is a pause.
 * @param onClock hears the database's clock at once, for the commit behind it takes its time, and when
 *   it was asked, by `performance.now()`
 */
export async function claimNotifications(
  sql: Sql,
  botId: number,
  telegramIds: readonly number[],
  onClock: (databaseNow: number, askedAt: number) => void,
): Promise<ClaimedNotification[]> {
  return inTransaction(sql, async (tx) => {
    const [pace] = await tx`
      select paused_until <= clock_timestamp() as is_open
      from telegram_pace
      where bot_id = ${botId}
      for no key update
    `;
    if (pace?.["is_open"] !== true) return [];
    const askedAt = performance.now();
    const rows = claimedRows.parse([...(await takeSlots(tx, botId, telegramIds))]);
    const last = rows.at(-1);
    if (last) onClock(last.readAt, askedAt);
    return rows.map(({ notification, slot, taken, startsAt }) => ({
      ...notification,
      slot: { botId, slot, taken, telegramId: notification.telegramId },
      startsAt,
    }));
  });
}

function takeSlots(tx: Transaction, botId: number, telegramIds: readonly number[]) {
  return tx`
    with free as materialized (
      select slot, free_at, row_number() over (order by free_at, slot) as place
      from telegram_slots
      where bot_id = ${botId} and free_at <= clock_timestamp() + ${ms(AHEAD)}::interval
    ), next as materialized (
      select next.company_id, next.id, given.place
      from unnest(${[...telegramIds]}::bigint[]) with ordinality as given (telegram_id, place)
      cross join lateral (${nextOf(tx, tx`given.telegram_id`)}) as next
      left join telegram_chat_pace as pace on pace.telegram_id = given.telegram_id
      where next.not_before <= clock_timestamp()
        and coalesce(pace.next_at <= clock_timestamp(), true)
      order by given.place
      limit (select count(*) from free)
    ), open as materialized (
      select notifications.company_id, notifications.id, next.place
      from next
      join telegram_notifications as notifications
        on notifications.company_id = next.company_id and notifications.id = next.id
      where notifications.status = 'waiting'
      for no key update of notifications skip locked
    ), begun as (
      update telegram_notifications as notifications
      set attempts = notifications.attempts + 1
      from open
      join companies on companies.company_id = open.company_id
      where notifications.company_id = open.company_id and notifications.id = open.id
      returning
        notifications.company_id, notifications.id, notifications.telegram_id, notifications.kind,
        notifications.content, notifications.count, notifications.attempts, companies.timezone,
        extract(hour from clock_timestamp() at time zone companies.timezone)::int as hour,
        case when (
          select count(*)
          from memberships
          join telegram_users on telegram_users.user_id = memberships.user_id
          where telegram_users.telegram_id = notifications.telegram_id
            and memberships.removed_at is null
        ) > 1 then companies.name end as company_name,
        open.place
    ), placed as (
      select
        begun.company_id, begun.id, begun.telegram_id, begun.kind, begun.content, begun.count,
        begun.attempts, begun.timezone, begun.hour, begun.company_name,
        row_number() over (order by begun.place) as place
      from begun
    ), chats as (
      insert into telegram_chat_pace (telegram_id, next_at)
      select telegram_id, clock_timestamp() + ${ms(CHAT_LEASE)}::interval
      from placed
      on conflict (telegram_id) do update
      set next_at = excluded.next_at
    ), taken as (
      update telegram_slots as slots
      set
        free_at =
          greatest(slots.free_at, clock_timestamp()) + ${ms(SLOT_LEASE)}::interval,
        taken = slots.taken + 1
      from free
      join placed on placed.place = free.place
      where slots.bot_id = ${botId} and slots.slot = free.slot
      returning slots.slot, slots.taken, free.free_at, free.place
    )
    select
      placed.company_id, placed.id, placed.telegram_id, placed.kind, placed.content, placed.count,
      placed.attempts, placed.timezone, placed.hour, placed.company_name, taken.slot, taken.taken::text as taken,
      extract(epoch from greatest(taken.free_at, clock_timestamp())) * 1000 as starts_at,
      extract(epoch from clock_timestamp()) * 1000 as read_at
    from placed
    join taken on taken.place = placed.place
    order by taken.place
  `;
}

/** It was taken and never sent: as if nobody had taken it. */
export async function returnNotification(
  sql: Queryable,
  { companyId, id }: WaitingNotification,
): Promise<void> {
  await sql`
    update telegram_notifications
    set attempts = attempts - 1
    where company_id = ${companyId} and id = ${id} and attempts > 0
  `;
}

/**
 * Notes that it was sent. False when it took new content meanwhile: then it waits on, to be sent again.
 */
export async function endNotification(
  sql: Queryable,
  { companyId, id, count }: WaitingNotification,
  sent: { readonly messageId: number; readonly isSilent: boolean },
): Promise<boolean> {
  const result = await sql`
    update telegram_notifications
    set status = 'sent', telegram_message_id = ${sent.messageId}, is_silent = ${sent.isSilent},
      delivered_at = clock_timestamp(), error = null
    where company_id = ${companyId} and id = ${id} and status = 'waiting' and count = ${count}
  `;
  return result.count > 0;
}

/** It will be tried again after so many seconds. */
export async function postponeNotification(
  sql: Queryable,
  { companyId, id }: WaitingNotification,
  postponed: { readonly seconds: number; readonly error: string },
): Promise<void> {
  await sql`
    update telegram_notifications
    set not_before = clock_timestamp() + make_interval(secs => ${postponed.seconds}),
      error = ${postponed.error}
    where company_id = ${companyId} and id = ${id} and status = 'waiting'
  `;
}

/** Given up: it stays in the history with the reason. */
export async function failNotification(
  sql: Queryable,
  { companyId, id }: WaitingNotification,
  error: string,
): Promise<void> {
  await sql`
    update telegram_notifications
    set status = 'failed', error = ${error}
    where company_id = ${companyId} and id = ${id} and status = 'waiting'
  `;
}

/** The person can't be reached: all that waits fails with the reason, and nothing more is recorded. */
export async function failChat(sql: Queryable, telegramId: number, error: string): Promise<void> {
  await sql`
    with person as (
      update telegram_users
      set is_active = false
      where telegram_id = ${telegramId}
    )
    update telegram_notifications
    set status = 'failed', error = ${error}
    where telegram_id = ${telegramId} and status = 'waiting'
  `;
}

/** Telegram gave the chat another id. */
export async function moveChat(sql: Queryable, from: number, to: number): Promise<void> {
  await sql`
    update telegram_notifications
    set telegram_id = ${to}
    where telegram_id = ${from} and status = 'waiting'
  `;
}
