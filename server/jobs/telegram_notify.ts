import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Delivery } from "../../bot/outgoing.ts";
import type { Sql } from "../../db/client.ts";
import {
  type ClaimedNotification,
  claimNotifications,
  endNotification,
  failChat,
  failNotification,
  listDueChats,
  moveChat,
  postponeNotification,
  returnNotification,
  type WaitingNotification,
} from "../../db/notification_queue.ts";
import { findPause, openSlots, pauseSending, releaseSlot, SECOND } from "../../db/telegram_pace.ts";
import type { NotificationKind } from "../../domain/notifications.ts";
import type { Handlers } from "./queues.ts";
import { createDatabaseClock, createRoundTrips } from "./sending_clock.ts";

/** Resolves for everything that Telegram answers; throws when the notification has no words. */
export type SendNotification = (
  notification: WaitingNotification,
  options: { readonly isSilent: boolean },
) => Promise<Delivery>;

export interface TelegramNotify {
  /** Only wakes: what waits is in the table, and whoever has a free slot takes it. */
  readonly handle: Handlers["telegram.notify"];
  start(): void;
  /** Ends after the messages that are being sent. */
  stop(): Promise<void>;
}

/** Between looks while something waits, and while nothing does. */
const LOOKS = { busy: 100, idle: 250 } as const; // ms
const CHATS_PER_LOOK = 30;
/** Whoever was held up longer than this before sending gives the message back: its slot may be gone. */
const TOO_LATE = 500; // ms
/** 5 s, 10 s, 20 s … 15 min: half an hour of trying. */
const RETRIES = { attempts: 10, first: 5, longest: 900 } as const;
/** By the company's time messages make no sound from 22 to 8. */
const NIGHT = { from: 22, to: 8 } as const;
/** Good to know, but nobody has to do anything. */
const QUIET_KINDS: ReadonlySet<string> = new Set<NotificationKind>(["changed"]);

/**
 * Delivers rows of notifications: one at a time into a chat, and as many a second as Telegram takes, all
 * processes together. Round the chats in turn, so that a long list for one person holds nobody up. A
 * worker that is killed between Telegram's answer and the note of it leaves a message that is sent again;
 * `attempts` shows it. Nothing else is ever sent twice or lost.
 */
export function createTelegramNotify(dependencies: {
  sql: Sql;
  /** The number before the colon of the token: limits are the bot's. */
  botId: number;
  send: SendNotification;
  log: Logger;
}): TelegramNotify {
  const { sql, botId, send, log } = dependencies;
  const stopping = new AbortController();
  const sending = new Set<Promise<void>>();
  const roundTrips = createRoundTrips();
  const clock = createDatabaseClock();
  let waking = new AbortController();
  let pausing = new AbortController();
  let lastChat = 0;
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    let isOpen = false;
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      let rest: number = LOOKS.idle;
      try {
        if (!isOpen) await openSlots(sql, botId);
        isOpen = true;
        rest = await sendDue();
      } catch (error) {
        log.error({ err: error }, "could not look for waiting notifications");
      }
      const signals = rest > LOOKS.busy ? [stopping.signal, waking.signal] : [stopping.signal];
      await pause(rest, AbortSignal.any(signals));
    }
  }

  /** Milliseconds to rest. */
  async function sendDue(): Promise<number> {
    const chats = await nextChats();
    if (chats.length === 0) return LOOKS.idle;
    const claimed = await claimNotifications(sql, botId, chats, clock.note);
    if (claimed.length === 0 && (await findPause(sql, botId)) > 0) return LOOKS.idle;
    lastChat = claimed.at(-1)?.telegramId ?? lastChat;
    if (pausing.signal.aborted) pausing = new AbortController();
    for (const notification of claimed) begin(notification);
    return LOOKS.busy;
  }

  /** Those behind the last one first. */
  async function nextChats(): Promise<number[]> {
    const limit = CHATS_PER_LOOK;
    const behind = await listDueChats(sql, { after: lastChat, limit });
    if (behind.length === limit) return behind;
    const others = await listDueChats(sql, { after: Number.MIN_SAFE_INTEGER, limit });
    return [...new Set([...behind, ...others])].slice(0, limit);
  }

  function begin(notification: ClaimedNotification): void {
    const { id, companyId } = notification;
    const running = handle(notification)
      .catch((error: unknown) => {
        // Its lease ends, and then somebody sends it again.
        log.error({ err: error, id, companyId }, "a notification could not be noted");
      })
      .finally(() => sending.delete(running));
    sending.add(running);
  }

  async function handle(notification: ClaimedNotification): Promise<void> {
    const { slot } = notification;
    const startsAt = clock.toLocal(notification.startsAt);
    await pause(startsAt - performance.now(), pausing.signal);
    if (pausing.signal.aborted || performance.now() - startsAt > TOO_LATE) {
      const now = clock.toDatabase(performance.now());
      await returnNotification(sql, notification);
      await releaseSlot(sql, slot, { slotAt: now, chatAt: now });
      return;
    }
    const sentAt = performance.now();
    const delivery = await attempt(notification, isSilent(notification));
    const answeredAt = performance.now();
    if (delivery?.outcome === "sent") roundTrips.add(answeredAt - sentAt);
    const spared = roundTrips.spared();
    const chatAt = clock.toDatabase(answeredAt) + SECOND;
    await note(notification, delivery);
    await releaseSlot(sql, slot, { slotAt: chatAt - spared, chatAt });
  }

  async function note(notification: ClaimedNotification, delivery: Delivery | null): Promise<void> {
    if (delivery?.outcome === "failed") return settle(notification, delivery);
    if (delivery === null) return;
    const { messageId } = delivery;
    await endNotification(sql, notification, { messageId, isSilent: isSilent(notification) });
  }

  async function attempt(
    notification: WaitingNotification,
    silently: boolean,
  ): Promise<Delivery | null> {
    try {
      return await send(notification, { isSilent: silently });
    } catch (error) {
      const { id, companyId, kind } = notification;
      log.error({ err: error, id, companyId, kind }, "a notification could not be written");
      await failNotification(sql, notification, error instanceof Error ? error.name : "error");
      return null;
    }
  }

  async function settle(
    notification: WaitingNotification,
    { failure, description: error }: Extract<Delivery, { outcome: "failed" }>,
  ): Promise<void> {
    const { id, companyId, telegramId, attempts } = notification;
    log.warn({ id, companyId, kind: failure.kind, attempts }, "a notification was not sent");
    switch (failure.kind) {
      case "busy":
        pausing.abort();
        return pauseSending(sql, botId, failure.retryAfter);
      case "unreachable":
        return failChat(sql, telegramId, error);
      case "moved":
        return moveChat(sql, telegramId, failure.chatId);
      case "network":
      case "token":
      case "conflict":
        if (attempts >= RETRIES.attempts) return failNotification(sql, notification, error);
        return postponeNotification(sql, notification, { seconds: pauseAfter(attempts), error });
      default:
        // Telegram will never take it: our mistake, kept where the owner can see it.
        return failNotification(sql, notification, error);
    }
  }

  return {
    handle: async () => waking.abort(),
    start: () => {
      looking = look();
    },
    stop: async () => {
      stopping.abort();
      await looking;
      await Promise.all(sending);
    },
  };
}

function isSilent({ hour, kind }: WaitingNotification): boolean {
  return hour >= NIGHT.from || hour < NIGHT.to || QUIET_KINDS.has(kind);
}

function pauseAfter(attempts: number): number {
  return Math.min(RETRIES.first * 2 ** (attempts - 1), RETRIES.longest);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // A timer may end a little before its time.
  if (ms > 0) await sleep(Math.ceil(ms) + 1, undefined, { signal }).catch(() => undefined);
}
