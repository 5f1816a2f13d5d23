import type { ApiClientOptions } from "grammy";
import type { Logger } from "pino";
import {
  answerOf,
  type CallSignal,
  type SendToTelegram,
  type TelegramAnswer,
  type TelegramRequest,
} from "./telegram_http.ts";

/** Longer pauses are not waited for inside an update: its transaction is open all the while. */
const LONGEST_PAUSE = 8; // seconds
const PAUSES_BETWEEN_TRIES = [300, 1000]; // ms

export interface TelegramFetchOptions {
  readonly send: SendToTelegram;
  readonly log: Logger;
  readonly sleep?: (ms: number, signal: CallSignal | null) => Promise<void>;
}

/**
 * The way to Telegram, given to grammY as `client.fetch`: a conversation makes its own `Api` and drops
 * transformers, but keeps this. Waits out a short 429 and repeats after 5xx and broken connections (a
 * message may then arrive twice, which is better than not at all). Uploads are streams and go once.
 * Rejects with `TypeError` (network) only; everything that Telegram answers is returned.
 */
export function createTelegramFetch({ send, log, sleep = pause }: TelegramFetchOptions) {
  async function telegramFetch(url: string, options: CallOptions): Promise<TelegramAnswer> {
    const method = url.slice(url.lastIndexOf("/") + 1);
    const { signal = null } = options;
    const isRepeatable = typeof options.body === "string" && method !== "getUpdates";
    const { method: verb = "POST", headers = {}, body = null } = options;
    const request = { method: verb, headers, body, signal };
    for (let attempt = 0; ; attempt += 1) {
      const result = await attemptOnce(send, url, request);
      const wait = isRepeatable ? waitBeforeRepeat(result, attempt) : null;
      if (wait === null || signal?.aborted) {
        if ("error" in result) throw networkError(method, result.error);
        return result.answer;
      }
      log.warn({ method, attempt, wait, status: statusOf(result) }, "telegram call repeated");
      await sleep(wait, signal);
    }
  }
  // grammY reads no more of an answer than its JSON.
  return telegramFetch as unknown as NonNullable<ApiClientOptions["fetch"]>;
}

/** The same way without repeating: whoever keeps Telegram's pace must hear of each refusal at once. */
export function createSingleFetch(send: SendToTelegram) {
  async function singleFetch(url: string, options: CallOptions): Promise<TelegramAnswer> {
    const { method = "POST", headers = {}, body = null, signal = null } = options;
    try {
      return await send(url, { method, headers, body, signal });
    } catch (error) {
      throw networkError(url.slice(url.lastIndexOf("/") + 1), error);
    }
  }
  return singleFetch as unknown as NonNullable<ApiClientOptions["fetch"]>;
}

/** What grammY gives to `fetch`. */
interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: TelegramRequest["body"];
  readonly signal?: CallSignal | null;
}

type Result = { answer: TelegramAnswer; retryAfter: number | null } | { error: unknown };

async function attemptOnce(
  send: SendToTelegram,
  url: string,
  request: TelegramRequest,
): Promise<Result> {
  try {
    const answer = await send(url, request);
    if (answer.status !== 429) return { answer, retryAfter: null };
    const body = await answer.text();
    return { answer: answerOf(429, body), retryAfter: readRetryAfter(body) };
  } catch (error) {
    return { error };
  }
}

/** Null: do not repeat. */
function waitBeforeRepeat(result: Result, attempt: number): number | null {
  const pauseMs = PAUSES_BETWEEN_TRIES[attempt];
  if (pauseMs === undefined) return null;
  if ("error" in result) return pauseMs;
  if (result.answer.status >= 500) return pauseMs;
  if (result.answer.status !== 429) return null;
  const seconds = result.retryAfter;
  return seconds !== null && seconds <= LONGEST_PAUSE ? seconds * 1000 : null;
}

function readRetryAfter(body: string): number | null {
  try {
    const answer: unknown = JSON.parse(body);
    const parameters = readField(answer, "parameters");
    const seconds = readField(parameters, "retry_after");
    return typeof seconds === "number" ? seconds : null;
  } catch {
    // A page of a proxy, not Telegram's answer: there is nothing to obey.
    return null;
  }
}

function readField(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/**
 * A caught error that is not an `HttpError` leaves a conversation waiting for ever (grammyjs/
 * conversations#155), so whatever went wrong on the way leaves here as a broken connection. The address
 * holds the token: it is not repeated.
 */
function networkError(method: string, cause: unknown): TypeError {
  return new TypeError(`no answer to ${method}`, { cause });
}

function statusOf(result: Result): number | "network" {
  return "error" in result ? "network" : result.answer.status;
}

function pause(ms: number, signal: CallSignal | null): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    function finish() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", finish);
      resolve();
    }
    signal?.addEventListener("abort", finish);
  });
}
