import type { Notify } from "../../domain/notifications.ts";
import type { Id } from "../../domain/ids.ts";
import type { Transaction } from "../../db/client.ts";
import {
  insertNotifications,
  listRecipients,
  releaseGathering,
} from "../../db/notification_events.ts";
import type { Enqueue } from "../jobs/queues.ts";

/**
 * Notifications of one transaction: rows that a job of their own delivers. Without `enqueue` the
 * worker's own look finds them, within seconds.
 */
export function createNotify(work: {
  tx: Transaction;
  companyId: Id;
  now: Date;
  newId: () => Id;
  enqueue?: Enqueue;
}): Notify {
  const { tx, companyId, now, newId, enqueue } = work;
  return async (kind, given, { to, by, collapseKey }) => {
    const telegramIds = await listRecipients(tx, companyId, {
      userIds: (to.userIds ?? []).filter((id) => id !== null),
      roles: to.roles ?? [],
      exceptUserId: by,
      kind,
    });
    if (telegramIds.length === 0) return;
    const content = typeof given === "function" ? await given() : given;
    const estimateId = "estimateId" in content ? content.estimateId : null;
    // What gathers about the same estimate is older: it goes first.
    if (estimateId !== null && collapseKey === undefined) {
      await releaseGathering(tx, companyId, estimateId, telegramIds);
    }
    await insertNotifications(tx, companyId, {
      kind,
      content,
      estimateId,
      collapseKey: collapseKey ?? null,
      createdAt: now,
      recipients: telegramIds.map((telegramId) => ({ id: newId(), telegramId })),
    });
    // What gathers a burst is not due yet: the worker's own look finds it.
    if (collapseKey !== undefined || !enqueue) return;
    for (const telegramId of telegramIds) {
      await enqueue("telegram.notify", { telegramId }, { singletonKey: String(telegramId) });
    }
  };
}
