import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Queryable } from "./client.ts";

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
    hour: z.number(),
  })
  .transform(({ company_id: companyId, telegram_id: telegramId, ...row }): WaitingNotification => ({
    ...row,
    companyId,
    telegramId,
  }));

/** Chats with something that may be sent now. */
export async function listWaitingChats(sql: Queryable, limit: number): Promise<number[]> {
  const rows = await sql`
    select distinct telegram_id
    from telegram_notifications
    where status = 'waiting' and not_before <= clock_timestamp()
    limit ${limit}
  `;
  return z
    .array(z.object({ telegram_id: z.coerce.number() }))
    .parse(rows)
    .map((row) => row.telegram_id);
}

/** Whether something may be sent to the chat now; see `beginNotification`. */
export async function hasDueNotification(sql: Queryable, telegramId: number): Promise<boolean> {
  const [row] = await sql`
    select next.not_before <= clock_timestamp() as is_due
    from (
      select not_before
      from telegram_notifications
      where telegram_id = ${telegramId}
        and status = 'waiting'
        and (not_before <= clock_timestamp() or attempts > 0)
      order by id
      limit 1
    ) as next
  `;
  return row?.["is_due"] === true;
}

/**
 * Counts an attempt at the chat's next notification and returns it. One that failed before keeps its
 * place: those behind it wait. One that only gathers a burst lets others pass.
 */
export async function beginNotification(
  sql: Queryable,
  telegramId: number,
): Promise<WaitingNotification | null> {
  const [row] = await sql`
    update telegram_notifications as notifications
    set attempts = notifications.attempts + 1
    from (
      select company_id, id
      from telegram_notifications
      where telegram_id = ${telegramId}
        and status = 'waiting'
        and (not_before <= clock_timestamp() or attempts > 0)
      order by id
      limit 1
    ) as next, companies
    where notifications.company_id = next.company_id
      and notifications.id = next.id
      and notifications.status = 'waiting'
      and notifications.not_before <= clock_timestamp()
      and companies.company_id = next.company_id
    returning
      notifications.company_id, notifications.id, notifications.telegram_id, notifications.kind,
      notifications.content, notifications.count, notifications.attempts, companies.timezone,
      extract(hour from clock_timestamp() at time zone companies.timezone)::int as hour
  `;
  return row ? waitingRow.parse(row) : null;
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
