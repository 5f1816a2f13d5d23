import type { Notify } from "../../domain/notifications.ts";
import type { Id } from "../../domain/ids.ts";
import type { Transaction } from "../../db/client.ts";
import { insertNotifications, listRecipients } from "../../db/notification_events.ts";
import type { Enqueue } from "../jobs/queues.ts";

/** Notifications of one transaction: rows that a job of their own delivers. */
export function createNotify(work: {
  tx: Transaction;
  companyId: Id;
  now: Date;
  newId: () => Id;
  enqueue: Enqueue;
}): Notify {
  const { tx, companyId, now, newId, enqueue } = work;
  return async (kind, content, { to, by, collapseKey }) => {
    const telegramIds = await listRecipients(tx, companyId, {
      userIds: (to.userIds ?? []).filter((id) => id !== null),
      roles: to.roles ?? [],
      exceptUserId: by,
      kind,
    });
    if (telegramIds.length === 0) return;
    await insertNotifications(tx, companyId, {
      kind,
      content,
      estimateId: "estimateId" in content ? content.estimateId : null,
      collapseKey: collapseKey ?? null,
      createdAt: now,
      recipients: telegramIds.map((telegramId) => ({ id: newId(), telegramId })),
    });
    // What gathers a burst is not due yet: the worker's own look finds it.
    if (collapseKey !== undefined) return;
    for (const telegramId of telegramIds) {
      await enqueue("telegram.notify", { telegramId }, { singletonKey: String(telegramId) });
    }
  };
}
