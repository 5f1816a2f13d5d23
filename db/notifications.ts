import type { JSONValue } from "postgres";
import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { SentNotification } from "../domain/notifications.ts";
import type { Transaction } from "./client.ts";

/** A message that the program sends of its own accord, with what became of it. */
export interface Notification {
  readonly id: Id;
  readonly telegramId: number;
  readonly kind: string;
  readonly content: unknown;
  readonly status: "waiting" | "sent" | "failed" | "muted";
  readonly attempts: number;
  readonly telegramMessageId: number | null;
  readonly error: string | null;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

const notificationRow = z
  .object({
    id: z.string(),
    telegram_id: z.coerce.number(),
    kind: z.string(),
    content: z.unknown(),
    status: z.enum(["waiting", "sent", "failed", "muted"]),
    attempts: z.number(),
    telegram_message_id: z.coerce.number().nullable(),
    error: z.string().nullable(),
    created_at: z.date(),
    delivered_at: z.date().nullable(),
  })
  .transform((row): Notification => ({
    id: row.id,
    telegramId: row.telegram_id,
    kind: row.kind,
    content: row.content,
    status: row.status,
    attempts: row.attempts,
    telegramMessageId: row.telegram_message_id,
    error: row.error,
    createdAt: row.created_at,
    deliveredAt: row.delivered_at,
  }));
const notificationRows = z.array(notificationRow);

function notificationColumns(tx: Transaction) {
  return tx`
    id, telegram_id, kind, content, status, attempts, telegram_message_id, error, created_at,
    delivered_at
  `;
}

export interface NewNotification {
  readonly id: Id;
  readonly telegramId: number;
  readonly kind: string;
  readonly content: JSONValue;
}

export async function insertNotification(
  tx: Transaction,
  companyId: Id,
  notification: NewNotification,
): Promise<void> {
  await tx`
    insert into telegram_notifications (company_id, id, telegram_id, kind, content)
    values (
      ${companyId}, ${notification.id}, ${notification.telegramId}, ${notification.kind},
      ${tx.json(notification.content)}
    )
  `;
}

export async function findNotification(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<Notification | null> {
  const [row] = await tx`
    select ${notificationColumns(tx)}
    from telegram_notifications
    where company_id = ${companyId} and id = ${id}
  `;
  return row ? notificationRow.parse(row) : null;
}

/** What one person was sent, newest first, `limit` at most. */
export async function listNotifications(
  tx: Transaction,
  companyId: Id,
  telegramId: number,
  { before, limit }: { readonly before: Id | null; readonly limit: number },
): Promise<Notification[]> {
  const rows = await tx`
    select ${notificationColumns(tx)}
    from telegram_notifications
    where company_id = ${companyId}
      and telegram_id = ${telegramId}
      ${before ? tx`and id < ${before}` : tx``}
    order by id desc
    limit ${limit}
  `;
  return notificationRows.parse(rows);
}

/** False when there is no such notification. */
export async function markNotificationSent(
  tx: Transaction,
  companyId: Id,
  id: Id,
  telegramMessageId: number,
): Promise<boolean> {
  const result = await tx`
    update telegram_notifications
    set status = 'sent', attempts = attempts + 1, telegram_message_id = ${telegramMessageId},
      delivered_at = now(), error = null
    where company_id = ${companyId} and id = ${id}
  `;
  return result.count > 0;
}

/**
 * Notes an attempt that failed. `waiting`: it will be tried again; `failed`: given up; `muted`: the
 * person blocked the bot. False when there is no such notification.
 */
export async function markNotificationFailed(
  tx: Transaction,
  companyId: Id,
  id: Id,
  failure: { readonly status: "waiting" | "failed" | "muted"; readonly error: string },
): Promise<boolean> {
  const result = await tx`
    update telegram_notifications
    set status = ${failure.status}, attempts = attempts + 1, error = ${failure.error}
    where company_id = ${companyId} and id = ${id} and status <> 'sent'
  `;
  return result.count > 0;
}

const sentRow = z
  .object({
    id: z.string(),
    kind: z.string(),
    number: z.string().nullable(),
    recipient_name: z.string(),
    status: z.enum(["waiting", "sent", "failed", "muted"]),
    attempts: z.number(),
    telegram_message_id: z.coerce.number().nullable(),
    error: z.string().nullable(),
    created_at: z.date(),
    delivered_at: z.date().nullable(),
  })
  .transform((row): SentNotification => ({
    id: row.id,
    kind: row.kind,
    number: row.number,
    recipientName: row.recipient_name,
    status: row.status,
    attempts: row.attempts,
    telegramMessageId: row.telegram_message_id,
    error: row.error,
    createdAt: row.created_at,
    deliveredAt: row.delivered_at,
  }));
const sentRows = z.array(sentRow);

/**
 * What was sent to one person, or to everybody of the company, newest first; `limit` and one more, to
 * know whether there is another page.
 */
export async function listSentNotifications(
  tx: Transaction,
  companyId: Id,
  request: { readonly userId: Id | null; readonly before: Id | null; readonly limit: number },
): Promise<SentNotification[]> {
  const { userId, before, limit } = request;
  const own = tx`
    and notifications.telegram_id in (
      select telegram_id
      from telegram_users
      where user_id = ${userId}
    )
  `;
  const rows = await tx`
    select
      notifications.id, notifications.kind, notifications.content ->> 'number' as number,
      coalesce(users.name, '') as recipient_name, notifications.status, notifications.attempts,
      notifications.telegram_message_id, notifications.error, notifications.created_at,
      notifications.delivered_at
    from telegram_notifications as notifications
    left join telegram_users on telegram_users.telegram_id = notifications.telegram_id
    left join users on users.user_id = telegram_users.user_id
    where notifications.company_id = ${companyId}
      ${userId === null ? tx`` : own}
      ${before === null ? tx`` : tx`and notifications.id < ${before}`}
    order by notifications.id desc
    limit ${limit + 1}
  `;
  return sentRows.parse([...rows]);
}
