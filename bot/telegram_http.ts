import { Readable } from "node:stream";
import { Agent, Client, type Dispatcher } from "undici";

/** What Telegram answered. The part of `Response` that grammY and we use. */
export interface TelegramAnswer {
  readonly status: number;
  text(): Promise<string>;
  json(): Promise<unknown>;
}

export interface TelegramRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream for uploads. */
  readonly body: string | AsyncIterable<Uint8Array> | null;
  readonly signal: CallSignal | null;
}

/** What calls a call off: grammY brings the signal of a polyfill, which is no `AbortSignal` to Node. */
export interface CallSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Rejects when no whole answer came. */
export type SendToTelegram = (url: string, request: TelegramRequest) => Promise<TelegramAnswer>;

/** A connection that nobody needs meanwhile is closed: the next call need not find that it was. */
const KEPT = 60_000; // ms

/**
 * Calls over kept connections, by undici's own interface: Node's `http` takes nearly twice the CPU, its
 * `fetch` five times. An upload gets a connection of its own, for it can't be repeated when a kept one turns out to be
 * closed.
 */
export function createTelegramHttp(): SendToTelegram {
  const kept = new Agent({ keepAliveTimeout: KEPT });
  return async (url, { method, headers, body, signal }) => {
    const pathAt = url.indexOf("/", url.indexOf("//") + 2);
    const request = {
      origin: url.slice(0, pathAt),
      path: url.slice(pathAt),
      method,
      // undici keeps connections by itself, and refuses to be told of it.
      headers: withoutConnection(headers),
    };
    if (body === null || typeof body === "string") {
      return dispatch(kept, { ...request, body }, signal);
    }
    const own = new Client(request.origin);
    try {
      return await dispatch(own, { ...request, body: Readable.from(body) }, signal);
    } finally {
      // Rejects where the connection is gone already.
      own.close().catch(() => undefined);
    }
  };
}

function dispatch(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  signal: CallSignal | null,
): Promise<TelegramAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let controller: Dispatcher.DispatchController | null = null;
    const callOff = (): void => {
      const reason = reasonOf(signal);
      reject(reason);
      controller?.abort(reason);
    };
    const settle = (): void => signal?.removeEventListener("abort", callOff);
    signal?.addEventListener("abort", callOff);
    dispatcher.dispatch(request, {
      onRequestStart: (started) => {
        controller = started;
        if (signal?.aborted) callOff();
      },
      onResponseStart: (_, statusCode) => {
        status = statusCode;
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk);
      },
      onResponseEnd: () => {
        settle();
        resolve(answerOf(status, textOf(chunks)));
      },
      onResponseError: (_, error) => {
        settle();
        reject(error);
      },
    });
  });
}

function reasonOf(signal: CallSignal | null): Error {
  const reason = signal?.reason;
  return reason instanceof Error ? reason : new Error("the call was aborted");
}

function withoutConnection(headers: TelegramRequest["headers"]): Record<string, string> {
  const { connection: _connection, ...others } = headers;
  return others;
}

function textOf(chunks: readonly Buffer[]): string {
  const [only] = chunks;
  return (chunks.length === 1 && only ? only : Buffer.concat(chunks)).toString("utf8");
}

/** A whole answer that was read already. */
export function answerOf(status: number, text: string): TelegramAnswer {
  return { status, text: async () => text, json: async () => JSON.parse(text) as unknown };
}
