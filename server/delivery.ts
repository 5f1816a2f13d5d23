import { setTimeout as pause } from "node:timers/promises";
import type { Api } from "grammy";
import type { Logger } from "pino";
import { removeMessage, sendDocument, sendNotice, sendView } from "../bot/outgoing.ts";
import type { Delivery as Outcome } from "../bot/outgoing.ts";
import { notificationView } from "../bot/texts_notifications.ts";
import type { Sql } from "../db/client.ts";
import type { WaitingNotification } from "../db/notification_queue.ts";
import { findPersonByTelegram } from "../db/people.ts";
import { type Actor, can } from "../domain/access.ts";
import { AppError } from "../domain/errors.ts";
import type { EstimateCard } from "../domain/services.ts";
import type { Delivery } from "./jobs/document_render.ts";
import type { SendNotification } from "./jobs/telegram_notify.ts";
import type { AsActor } from "./services/work.ts";

/** A file that Telegram asks to wait with goes again without making its job a failure. */
const MOST_PAUSES = 3;
const LONGEST_PAUSE = 20; // s; together less than the job's time

type Sleep = (ms: number) => Promise<unknown>;

/**
 * Jobs' way to the chat. Throws for what may go through later, so that the job runs again. A file is a
 * stream, which the way to Telegram does not repeat by itself.
 */
export function createDelivery(api: Api, log: Logger, sleep: Sleep = pause): Delivery {
  return {
    sendDocument: async (document) =>
      judge(await patiently(() => sendDocument(api, document), sleep)),
    sendText: async (notice) => judge(await sendNotice(api, notice)),
    removeMessage: async ({ chatId, messageId }) => {
      const removal = await removeMessage(api, chatId, messageId);
      if (removal !== null) log.debug({ failure: removal.kind }, "a notice stays in the chat");
    },
  };
}

async function patiently(send: () => Promise<Outcome>, sleep: Sleep): Promise<Outcome> {
  for (let attempt = 0; ; attempt += 1) {
    const result = await send();
    if (result.outcome === "sent" || result.failure.kind !== "busy") return result;
    const { retryAfter } = result.failure;
    if (attempt >= MOST_PAUSES || retryAfter > LONGEST_PAUSE) return result;
    await sleep(retryAfter * 1000);
  }
}

function judge(outcome: Outcome): "sent" | "gone" {
  if (outcome.outcome === "sent") return "sent";
  if (outcome.failure.kind === "unreachable") return "gone";
  throw new Error(`Telegram did not take the message: ${outcome.description}`);
}

/** Words and buttons of a notification, and its way to the chat. Throws when there are no words for it. */
export function createNotificationSending(dependencies: {
  api: Api;
  sql: Sql;
  asActor: AsActor;
}): SendNotification {
  const { api, sql, asActor } = dependencies;
  return async (notification, { isSilent }) => {
    const { telegramId, kind, content, count, timezone, companyName } = notification;
    const card = kind === "submitted" ? await readCard(notification) : null;
    const mendsCrm = kind === "crm_trouble" && (await isCrmMender(notification));
    const surroundings = { count, timezone, companyName, card, mendsCrm };
    const view = notificationView(kind, content, surroundings);
    return sendView(api, { chatId: telegramId, view, isSilent });
  };

  /** As the person who gets it may see it: null for whoever left the team meanwhile. */
  async function readCard(notification: WaitingNotification): Promise<EstimateCard | null> {
    const { estimateId } = notification.content as { estimateId: string };
    const actor = await readActor(notification);
    if (!actor) return null;
    try {
      return await asActor(actor, ({ estimates }) => estimates.card(estimateId));
    } catch (error) {
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  async function isCrmMender(notification: WaitingNotification): Promise<boolean> {
    const actor = await readActor(notification);
    return actor !== null && can(actor, "crm.edit", { companyId: actor.companyId });
  }

  async function readActor({ telegramId, companyId }: WaitingNotification): Promise<Actor | null> {
    const person = await findPersonByTelegram(sql, telegramId);
    const membership = person?.memberships.find((known) => known.companyId === companyId);
    return person && membership
      ? { companyId, userId: person.userId, role: membership.role }
      : null;
  }
}
