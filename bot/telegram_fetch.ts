import type { Logger } from "pino";

export type Fetch = typeof globalThis.fetch;

/** Longer pauses are not waited for inside an update: its transaction is open all the while. */
const LONGEST_PAUSE = 8; // seconds
const PAUSES_BETWEEN_TRIES = [300, 1000]; // ms

export interface TelegramFetchOptions {
  readonly fetch: Fetch;
  readonly log: Logger;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * The way to Telegram, given to grammY as `client.fetch`: a conversation makes its own `Api` and drops
 * transformers, but keeps this. Waits out a short 429 and repeats after 5xx and broken connections (a
 * message may then arrive twice, which is better than not at all). Uploads are streams and go once.
 * Rejects with `TypeError` (network) only; everything that Telegram answers is returned.
 */
export function createTelegramFetch({ fetch, log, sleep = pause }: TelegramFetchOptions) {
  return async function telegramFetch(url: string, options: RequestInit = {}): Promise<Response> {
    const method = url.slice(url.lastIndexOf("/") + 1);
    const { signal, release } = nativeSignal(options.signal);
    const isRepeatable = typeof options.body === "string" && method !== "getUpdates";
    const request: RequestInit & { duplex?: "half" } = {
      method: options.method ?? "POST",
      headers: options.headers ?? {},
      body: options.body ?? null,
      signal,
      ...(isRepeatable ? {} : { duplex: "half" }),
    };
    try {
      for (let attempt = 0; ; attempt += 1) {
        const result = await attemptOnce(fetch, url, request);
        const wait = isRepeatable ? waitBeforeRepeat(result, attempt) : null;
        if (wait === null || signal.aborted) {
          if ("error" in result) throw networkError(method, result.error);
          return result.response;
        }
        log.warn({ method, attempt, wait, status: statusOf(result) }, "telegram call repeated");
        await sleep(wait, signal);
      }
    } finally {
      release();
    }
  };
}

type Result = { response: Response; retryAfter: number | null } | { error: unknown };

async function attemptOnce(fetch: Fetch, url: string, request: RequestInit): Promise<Result> {
  try {
    const response = await fetch(url, request);
    if (response.status !== 429) return { response, retryAfter: null };
    const body = await response.text();
    const copy = new Response(body, { status: 429, headers: response.headers });
    return { response: copy, retryAfter: readRetryAfter(body) };
  } catch (error) {
    return { error };
  }
}

/** Null: do not repeat. */
function waitBeforeRepeat(result: Result, attempt: number): number | null {
  const pauseMs = PAUSES_BETWEEN_TRIES[attempt];
  if (pauseMs === undefined) return null;
  if ("error" in result) return pauseMs;
  if (result.response.status >= 500) return pauseMs;
  if (result.response.status !== 429) return null;
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
  return "error" in result ? "network" : result.response.status;
}

/** grammY brings an `AbortSignal` of a polyfill, which Node's fetch refuses. */
function nativeSignal(given: AbortSignal | null | undefined): {
  signal: AbortSignal;
  release: () => void;
} {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (given?.aborted) abort();
  given?.addEventListener("abort", abort);
  return { signal: controller.signal, release: () => given?.removeEventListener("abort", abort) };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
    signal.addEventListener("abort", finish);
  });
}
