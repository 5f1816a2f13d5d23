import type { JSONValue } from "postgres";
import { z } from "zod";
import type { Role } from "../domain/access.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

/** A team is small; beyond this the newest members hear nothing. */
const MANY_PEOPLE = 200;
/** Seconds that a burst gathers before it goes out as one message. */
const GATHERING = 60;

/**
 * Telegram ids of those who should hear of something: of the team, with Telegram, who did not mute
 * the kind.
 */
export async function listRecipients(
  tx: Transaction,
  companyId: Id,
  who: { userIds: readonly Id[]; roles: readonly Role[]; exceptUserId: Id | null; kind: string },
): Promise<number[]> {
  const rows = await tx`
    select telegram_users.telegram_id
    from memberships
    join telegram_users on telegram_users.user_id = memberships.user_id
    where memberships.company_id = ${companyId}
      and memberships.removed_at is null
      and (memberships.user_id = any(${[...who.userIds]}::uuid[])
        or memberships.role = any(${[...who.roles]}::text[]))
      and memberships.user_id is distinct from ${who.exceptUserId}
      and telegram_users.is_active
      and not exists (
        select
        from notification_mutes as mutes
        where mutes.company_id = memberships.company_id
          and mutes.user_id = memberships.user_id
          and mutes.kind = ${who.kind}
      )
    order by memberships.created_at, memberships.user_id
    limit ${MANY_PEOPLE}
  `;
  return z
    .array(z.object({ telegram_id: z.coerce.number() }))
    .parse(rows)
    .map((row) => row.telegram_id);
}

/**
 * Adds one waiting notification for each person. With a collapse key, one that still waits under the
 * same key takes the new content and counts instead; one of another kind keeps its author.
 */
export async function insertNotifications(
  tx: Transaction,
  companyId: Id,
  notification: {
    kind: string;
    /** What JSON can carry. */
    content: object;
    estimateId: Id | null;
    collapseKey: string | null;
    createdAt: Date;
    recipients: readonly { id: Id; telegramId: number }[];
  },
): Promise<void> {
  const rows = notification.recipients.map(({ id, telegramId }) => ({
    id,
    telegram_id: telegramId,
  }));
  await tx`
    insert into telegram_notifications as notifications (
      company_id, id, telegram_id, kind, content, estimate_id, collapse_key, created_at,
      not_before
    )
    select
      ${companyId}, id, telegram_id, ${notification.kind}, ${tx.json(notification.content as JSONValue)},
      ${notification.estimateId}, ${notification.collapseKey}, ${notification.createdAt},
      clock_timestamp() + make_interval(secs => ${notification.collapseKey === null ? 0 : GATHERING})
    from jsonb_to_recordset(${tx.json(rows)}) as given (id uuid, telegram_id bigint)
    order by telegram_id
    on conflict (company_id, telegram_id, collapse_key)
      where status = 'waiting' and collapse_key is not null
    do update
    set
      content = case notifications.kind
        when excluded.kind then excluded.content
        else excluded.content || jsonb_build_object('byName', notifications.content -> 'byName')
      end,
      count = notifications.count + 1
  `;
}

/** Whoever left the team gets nothing more of it, also not what waits already. */
export async function endWaiting(
  tx: Transaction,
  companyId: Id,
  userId: Id,
  reason: string,
): Promise<void> {
  await tx`
    update telegram_notifications
    set status = 'failed', error = ${reason}
    where company_id = ${companyId}
      and status = 'waiting'
      and telegram_id in (
        select telegram_id
        from telegram_users
        where user_id = ${userId}
      )
  `;
}

/** What gathers about an estimate is due at once: something else about it comes behind. */
export async function releaseGathering(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  telegramIds: readonly number[],
): Promise<void> {
  // In one order everywhere, so that two of them can't wait for each other.
  await tx`
    with gathering as (
      select id
      from telegram_notifications
      where company_id = ${companyId}
        and telegram_id = any(${[...telegramIds]}::bigint[])
        and estimate_id = ${estimateId}
        and status = 'waiting'
        and collapse_key is not null
        and not_before > clock_timestamp()
      order by telegram_id
      for no key update
    )
    update telegram_notifications as notifications
    set not_before = clock_timestamp()
    from gathering
    where notifications.company_id = ${companyId} and notifications.id = gathering.id
  `;
}
