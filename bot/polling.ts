import type { Api } from "grammy";
import type { Update } from "grammy/types";
import type { Logger } from "pino";
import { describeError } from "../domain/described_error.ts";
import { classifyTelegramError } from "./telegram_errors.ts";

/** What the bot listens to; without `my_chat_member` in it Telegram would not tell who blocked it. */
export const ALLOWED_UPDATES = [
  "message",
  "edited_message",
  "callback_query",
  "inline_query",
  "my_chat_member",
] as const;

const LONG_POLL = 30; // seconds
/** While some updates still run: how soon to look for new ones of other chats. */
const LOOK_AGAIN = 150; // ms
const RETRY_PAUSES = [500, 1000, 2000, 5000, 10_000]; // ms
/** The other poller may be the process that is just being replaced. */
const CONFLICTS_BEFORE_GIVING_UP = 10;

export interface Polling {
  /** Resolves after `stop`; rejects when the token is refused or another process keeps polling. */
  run(): Promise<void>;
  /** Takes no more updates, waits for those at work and confirms them. */
  stop(): Promise<void>;
}

/**
 * Fetches updates and handles them: those of one chat in order, of different chats side by side. An
 * update is confirmed to Telegram only after it was handled, so a killed process loses nothing; what
 * comes again is known by its number.
 */
export function createPolling({
  api,
  handle,
  log,
}: {
  /** With a timeout longer than the long poll. */
  api: Api;
  handle: (update: Update) => Promise<void>;
  log: Logger;
}): Polling {
  const stopping = new AbortController();
  const atWork = new Map<number, Promise<void>>();
  const handled = new Set<number>();
  /** Not handled when the bot was stopped: never confirmed. */
  const abandoned = new Set<number>();
  const chats = new Map<number, Promise<void>>();
  let next = 0;
  let finished: Promise<void> = Promise.resolve();

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const updates = await fetchUpdates();
        failures = 0;
        for (const update of updates) start(update);
        if (atWork.size > 0) await someRest();
      } catch (error) {
        if (stopping.signal.aborted) break;
        failures += 1;
        const kind = classifyTelegramError(error)?.kind;
        const isConflict = kind === "conflict" && failures >= CONFLICTS_BEFORE_GIVING_UP;
        if (kind === "token" || isConflict || kind === undefined) throw error;
        log.warn({ error: describeError(error), failures }, "getUpdates failed");
        await pause(RETRY_PAUSES[Math.min(failures, RETRY_PAUSES.length) - 1] ?? 1000);
      }
    }
    await Promise.allSettled(atWork.values());
    await confirm();
  }

  function fetchUpdates(): Promise<Update[]> {
    return api.getUpdates(
      {
        offset: oldestUnfinished(),
        limit: 100,
        timeout: atWork.size > 0 ? 0 : LONG_POLL,
        allowed_updates: ALLOWED_UPDATES,
      },
      // Typed after a polyfill; telegram_fetch.ts takes Node's own.
      stopping.signal as unknown as Parameters<Api["getUpdates"]>[1],
    );
  }

  function oldestUnfinished(): number {
    return Math.min(next, ...atWork.keys(), ...abandoned);
  }

  function start(update: Update): void {
    const id = update.update_id;
    next = Math.max(next, id + 1);
    if (atWork.has(id) || handled.has(id)) return;
    const chat = chatOf(update);
    const before = chats.get(chat) ?? Promise.resolve();
    const work = before.then(() => untilHandled(update));
    chats.set(chat, work);
    atWork.set(id, work);
    void work.finally(() => {
      atWork.delete(id);
      handled.add(id);
      if (chats.get(chat) === work) chats.delete(chat);
      forgetConfirmed();
    });
  }

  /** Never rejects: an update that fails for good was given up by then, and its person told. */
  async function untilHandled(update: Update): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      if (stopping.signal.aborted && attempt > 0) {
        abandoned.add(update.update_id);
        return;
      }
      try {
        return await handle(update);
      } catch (error) {
        // Logged where it happened. It is tried again here, as Telegram does with a webhook.
        const failure = classifyTelegramError(error);
        const usual = RETRY_PAUSES[Math.min(attempt, RETRY_PAUSES.length - 1)] ?? 1000;
        await pause(failure?.kind === "busy" ? failure.retryAfter * 1000 : usual);
      }
    }
  }

  function forgetConfirmed(): void {
    const oldest = oldestUnfinished();
    for (const id of handled) if (id < oldest) handled.delete(id);
  }

  async function someRest(): Promise<void> {
    await Promise.race([Promise.allSettled(atWork.values()), pause(LOOK_AGAIN)]);
  }

  async function confirm(): Promise<void> {
    if (next === 0) return;
    try {
      await api.getUpdates({ offset: oldestUnfinished(), limit: 1, timeout: 0 });
    } catch (error) {
      log.warn(
        { error: describeError(error) },
        "the last updates stay unconfirmed and will come again",
      );
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        stopping.signal.removeEventListener("abort", done);
        resolve();
      }
      stopping.signal.addEventListener("abort", done);
    });
  }

  return {
    run: () => (finished = run()),
    stop: async () => {
      stopping.abort();
      await finished.catch(() => undefined);
    },
  };
}

/** Updates of one chat, and of one person outside chats, keep their order. */
function chatOf(update: Update): number {
  const message = update.message ?? update.edited_message ?? update.callback_query?.message;
  const sender = update.callback_query?.from ?? update.inline_query?.from;
  return message?.chat.id ?? update.my_chat_member?.chat.id ?? sender?.id ?? 0;
}
