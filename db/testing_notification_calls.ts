import { type Day, parseDay } from "../domain/calendar.ts";
import { emptyContent } from "../domain/estimate/estimate.ts";
import type { Id } from "../domain/ids.ts";
import { ZERO } from "../domain/money.ts";
import type { Transaction } from "./client.ts";
import { setEstimateStatus } from "./estimates.ts";
import { insertRevision } from "./revisions.ts";
import type { TestThings } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";
import * as reminders from "./reminders.ts";
import * as letters from "./dead_letters.ts";
import * as events from "./notification_events.ts";
import * as mutes from "./notification_mutes.ts";
import { listSentNotifications } from "./notifications.ts";
import type { Call } from "./testing_agreement_calls.ts";

const someDay: Day = parseDay("2026-11-30") ?? emptyContent().header.date;
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

  "reminders.takeReminder": (tx, companyId, aim) => reminders.takeReminder(tx, companyId, aim.name),
  "reminders.listEstimatesByValidity": async (tx, companyId, aim) => {
    await submitThing(tx, companyId, aim);
    return reminders.listEstimatesByValidity(tx, companyId, { from: someDay, to: someDay }, 10);
  },
  "reminders.listUnanswered": async (tx, companyId, aim) => {
    await submitThing(tx, companyId, aim);
    const window = { from: new Date("2000-01-01"), to: new Date("2100-01-01") };
    return reminders.listUnanswered(tx, companyId, window, 10);
  },

  "reminders.listPlannedPayments": async (tx, companyId, aim) => {
    await tx`
      insert into payment_stages (
        company_id, id, estimate_id, title, amount, due_on, created_by
      )
      values (
        ${companyId}, ${testId()}, ${aim.contractId}, 'взлом', 1.00, ${someDay}, ${aim.ownerId}
      )
    `;
    return reminders.listPlannedPayments(tx, companyId, { from: someDay, to: someDay }, 10);
  },

  "notification_events.listRecipients": (tx, companyId, aim) =>
    events.listRecipients(tx, companyId, {
      userIds: [aim.ownerId],
      roles: [],
      exceptUserId: null,
      kind: "created",
    }),
  "notification_events.endWaiting": (tx, companyId, aim) =>
    events.endWaiting(tx, companyId, aim.ownerId, "взлом"),
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

/** What knows no company: part of `CALLS_WITHOUT_COMPANY`. */
export const SENDING_CALLS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "notification_queue.listDueChats",
    "notification_queue.claimNotifications",
    "notification_queue.returnNotification",
    "notification_queue.endNotification",
    "notification_queue.postponeNotification",
    "notification_queue.failNotification",
    "notification_queue.failChat",
    "notification_queue.moveChat",
    "telegram_pace.openSlots",
    "telegram_pace.findPause",
    "telegram_pace.pauseSending",
    "telegram_pace.releaseSlot",
  ].map((name) => [name, "belongs to a chat, whichever companies write into it"]),
);

/** A revision of the thing's estimate that waits. */
async function submitThing(tx: Transaction, companyId: Id, aim: TestThings): Promise<void> {
  await tx`
    update estimates
    set valid_until = ${someDay}
    where company_id = ${companyId} and id = ${aim.estimateId}
  `;
  await insertRevision(tx, companyId, {
    id: testId(),
    estimateId: aim.estimateId,
    revision: 9,
    version: 1,
    content: emptyContent(),
    document: "взлом",
    sha256: "e".repeat(64),
    total: ZERO,
    calcVersion: 1,
    audience: "client",
    submittedBy: aim.foremanId,
    submittedAt: someMoment,
  });
  await setEstimateStatus(tx, companyId, aim.estimateId, "submitted");
}
