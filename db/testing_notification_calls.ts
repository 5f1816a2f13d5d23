import * as letters from "./dead_letters.ts";
import * as events from "./notification_events.ts";
import * as mutes from "./notification_mutes.ts";
import { listSentNotifications } from "./notifications.ts";
import type { Call } from "./testing_agreement_calls.ts";

const someMoment = new Date("2026-11-22T09:00:00Z");

/** The queries of notifications and of what happens without anybody; part of `TENANT_CALLS`. */
export const NOTIFICATION_CALLS: Readonly<Record<string, Call>> = {
  "dead_letters.insertDeadLetter": (tx, companyId, aim) =>
    letters.insertDeadLetter(tx, companyId, {
      id: aim.deadLetterId,
      queue: "взлом",
      payload: {},
      reason: "",
      diedAt: someMoment,
    }),
  "dead_letters.listDeadLetters": async (tx, companyId, aim) => {
    const found = await letters.listDeadLetters(tx, companyId, { before: null, limit: 10 });
    return found.some(({ id }) => id === aim.deadLetterId);
  },
  "dead_letters.lockDeadLetter": (tx, companyId, aim) =>
    letters.lockDeadLetter(tx, companyId, aim.deadLetterId),
  "dead_letters.markDeadLetterRetried": (tx, companyId, aim) =>
    letters.markDeadLetterRetried(tx, companyId, aim.deadLetterId, {
      by: aim.foremanId,
      at: someMoment,
    }),

  "notification_mutes.listMutes": async (tx, companyId, aim) => [
    ...(await mutes.listMutes(tx, companyId, aim.ownerId)),
  ],
  "notification_mutes.putMute": (tx, companyId, aim) =>
    mutes.putMute(tx, companyId, aim.ownerId, "взлом"),
  "notification_mutes.removeMute": (tx, companyId, aim) =>
    mutes.removeMute(tx, companyId, aim.ownerId, "viewed"),
  "notifications.listSentNotifications": async (tx, companyId, aim) => {
    const page = { userId: null, before: null, limit: 10 };
    const found = await listSentNotifications(tx, companyId, page);
    return found.some(({ id }) => id === aim.notificationId);
  },

  "notification_events.listRecipients": (tx, companyId, aim) =>
    events.listRecipients(tx, companyId, {
      userIds: [aim.ownerId],
      roles: [],
      exceptUserId: null,
      kind: "created",
    }),
  "notification_events.releaseGathering": (tx, companyId, aim) =>
    events.releaseGathering(tx, companyId, aim.estimateId, [aim.telegramId]),
  "notification_events.insertNotifications": (tx, companyId, aim) =>
    events.insertNotifications(tx, companyId, {
      kind: "взлом",
      content: {},
      estimateId: null,
      collapseKey: null,
      createdAt: someMoment,
      recipients: [{ id: aim.notificationId, telegramId: aim.telegramId }],
    }),
};
