import { setTimeout as sleep } from "node:timers/promises";
import type { PgBoss } from "pg-boss";
import type { Logger } from "pino";
import type { Delivery } from "../../bot/outgoing.ts";
import type { Sql } from "../../db/client.ts";
import {
  beginNotification,
  endNotification,
  failChat,
  failNotification,
  hasDueNotification,
  listWaitingChats,
  moveChat,
  postponeNotification,
  type WaitingNotification,
} from "../../db/notification_queue.ts";
import {
  createChatLocks,
  findPause,
  noteChatMessage,
  pauseSending,
  takeTurn,
} from "../../db/telegram_pace.ts";
import type { NotificationKind } from "../../domain/notifications.ts";
import type { Handlers } from "./queues.ts";

/** Resolves for everything that Telegram answers; throws when the notification has no words. */
export type SendNotification = (
  notification: WaitingNotification,
  options: { readonly isSilent: boolean },
) => Promise<Delivery>;

export interface TelegramNotify {
  readonly handle: Handlers["telegram.notify"];
  /** Looks from now on for chats whose job was lost, or that had to wait. */
  start(): void;
  /** Ends after the messages that are being sent. */
  stop(): Promise<void>;
}

/** A chat with more to send gives its slot away after so long; the next look brings it back. */
const LONGEST_DRAIN = 20_000; // ms
/** Longer waits than this give the slot away, too. */
const LONGEST_WAIT = 3_000; // ms
const BETWEEN_LOOKS = 2_000; // ms
const CHATS_PER_LOOK = 500;
/** A message that would go out later than it should takes another turn: the rest keeps its distance. */
const TOO_LATE = 30; // ms
const MAX_LATE_TURNS = 3;
/** 5 s, 10 s, 20 s … 15 min: half an hour of trying. */
const RETRIES = { attempts: 10, first: 5, longest: 900 } as const;
/** By the company's time messages make no sound from 22 to 8. */
const NIGHT = { from: 22, to: 8 } as const;
/** Good to know, but nobody has to do anything. */
const QUIET_KINDS: ReadonlySet<string> = new Set<NotificationKind>(["changed"]);

/**
 * Delivers rows of notifications: one chat at a time has one sender over all processes, and all of them
 * share one pace. A worker that is killed between Telegram's answer and the note of it leaves a message
 * that is sent again; `attempts` shows it. Nothing else is ever sent twice or lost.
 */
export function createTelegramNotify(dependencies: {
  sql: Sql;
  boss: Pick<PgBoss, "insert">;
  /** The number before the colon of the token: limits are the bot's. */
  botId: number;
  send: SendNotification;
  log: Logger;
}): TelegramNotify {
  const { sql, boss, botId, send, log } = dependencies;
  const locks = createChatLocks(sql);
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let looking: Promise<void> = Promise.resolve();

  async function handle(telegramId: number, signal: AbortSignal): Promise<void> {
    const release = await locks.tryTake(telegramId);
    if (!release) return;
    try {
      const end = Date.now() + LONGEST_DRAIN;
      while (!signal.aborted && Date.now() < end) {
        if (!(await hasDueNotification(sql, telegramId))) return;
        if (!(await waitForTurn(telegramId, signal))) return;
        if (!(await sendNext(telegramId))) return;
      }
    } finally {
      await release();
    }
  }

  /** False when the slot should not be held that long, or the program stops. */
  async function waitForTurn(telegramId: number, signal: AbortSignal): Promise<boolean> {
    for (let late = 0; ;) {
      const turn = await takeTurn(sql, botId, telegramId);
      const until = performance.now() + turn.ms;
      if (turn.ms > LONGEST_WAIT || !(await rest(turn.ms, signal))) return false;
      if (turn.kind === "wait") continue;
      // Somebody may have been told to wait since the turn was taken.
      if (turn.ms > 0 && (await findPause(sql, botId)) > 0) continue;
      late += 1;
      if (performance.now() - until < TOO_LATE || late > MAX_LATE_TURNS) return true;
    }
  }

  /** False when the chat has to wait or nothing is left. */
  async function sendNext(telegramId: number): Promise<boolean> {
    const notification = await beginNotification(sql, telegramId);
    if (!notification) return false;
    const { hour, kind } = notification;
    const isSilent = hour >= NIGHT.from || hour < NIGHT.to || QUIET_KINDS.has(kind);
    const delivery = await attempt(notification, isSilent);
    if (delivery === null) return true;
    if (delivery.outcome === "sent") {
      const { messageId } = delivery;
      await Promise.all([
        endNotification(sql, notification, { messageId, isSilent }),
        noteChatMessage(sql, telegramId),
      ]);
      return true;
    }
    return settle(notification, delivery);
  }

  async function attempt(
    notification: WaitingNotification,
    isSilent: boolean,
  ): Promise<Delivery | null> {
    try {
      return await send(notification, { isSilent });
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
  ): Promise<boolean> {
    const { id, companyId, telegramId, attempts } = notification;
    log.warn({ id, companyId, kind: failure.kind, attempts }, "a notification was not sent");
    switch (failure.kind) {
      case "busy":
        await pauseSending(sql, botId, failure.retryAfter);
        return true;
      case "unreachable":
        await failChat(sql, telegramId, error);
        return false;
      case "moved":
        await moveChat(sql, telegramId, failure.chatId);
        return false;
      case "network":
      case "token":
      case "conflict":
        if (attempts >= RETRIES.attempts) await failNotification(sql, notification, error);
        else
          await postponeNotification(sql, notification, { seconds: pauseAfter(attempts), error });
        return false;
      default:
        // Telegram will never take it: our mistake, kept where the owner can see it.
        await failNotification(sql, notification, error);
        return true;
    }
  }

  async function rest(ms: number, signal: AbortSignal): Promise<boolean> {
    if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }

  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if ((await findPause(sql, botId)) === 0) await enqueueWaiting();
      } catch (error) {
        log.error({ err: error }, "could not look for waiting notifications");
      }
      await rest(BETWEEN_LOOKS, stopping.signal);
    }
  }

  async function enqueueWaiting(): Promise<void> {
    const chats = await listWaitingChats(sql, CHATS_PER_LOOK);
    if (chats.length === 0) return;
    await boss.insert(
      "telegram.notify",
      chats.map((telegramId) => ({ data: { telegramId }, singletonKey: String(telegramId) })),
    );
  }

  return {
    handle: ({ telegramId }, { signal }) => {
      const handling = handle(telegramId, AbortSignal.any([signal, stopping.signal]));
      running.add(handling);
      return handling.finally(() => running.delete(handling));
    },
    start: () => {
      looking = look();
    },
    stop: async () => {
      stopping.abort();
      await looking;
      // Their jobs tell of what went wrong in them.
      await Promise.allSettled(running);
      await locks.close();
    },
  };
}

function pauseAfter(attempts: number): number {
  return Math.min(RETRIES.first * 2 ** (attempts - 1), RETRIES.longest);
}
