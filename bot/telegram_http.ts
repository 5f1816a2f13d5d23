import * as http from "node:http";
import * as https from "node:https";
import { pipeline, Readable } from "node:stream";

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

/**
 * Calls over kept connections, by `node:http`: Node's own `fetch` takes three times the CPU, a quarter of
 * what a whole update costs. An upload gets a connection of its own, for it can't be repeated when a kept
 * one turns out to be closed.
 */
export function createTelegramHttp(): SendToTelegram {
  const plain = new http.Agent({ keepAlive: true });
  const secure = new https.Agent({ keepAlive: true });
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const { isSecure, ...target } = targetOf(url);
      const agent = isSecure ? secure : plain;
      const isKept = body === null || typeof body === "string";
      const options = { ...target, method, headers, agent: isKept ? agent : false };
      const request = isSecure ? https.request(options) : http.request(options);
      // Node's own option `signal` watches the request as a stream, which takes more than the call.
      const callOff = (): void => void request.destroy(reasonOf(signal));
      const settle = (): void => signal?.removeEventListener("abort", callOff);
      if (signal?.aborted) callOff();
      else signal?.addEventListener("abort", callOff);
      const fail = (error: unknown): void => {
        settle();
        reject(error);
      };
      request.once("error", fail);
      request.once("response", (response) => {
        readText(response)
          .then((text) => resolve(answerOf(response.statusCode ?? 0, text)))
          .catch(reject)
          .finally(settle);
      });
      if (isKept) request.end(body ?? undefined);
      // An error of the stream ends the request with it.
      else pipeline(Readable.from(body), request, () => undefined);
    });
}

function reasonOf(signal: CallSignal | null): Error {
  const reason = signal?.reason;
  return reason instanceof Error ? reason : new Error("the call was aborted");
}

interface Server {
  readonly isSecure: boolean;
  readonly hostname: string;
  readonly port: string;
}

/** One or two in a program: an address is taken apart once, not at each call. */
const servers = new Map<string, Server>();

function targetOf(url: string): Server & { readonly path: string } {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const origin = url.slice(0, start);
  let server = servers.get(origin);
  if (!server) {
    const { protocol, hostname, port } = new URL(origin);
    // An IPv6 address stands in brackets in a URL only.
    server = { isSecure: protocol === "https:", hostname: hostname.replace(/^\[|\]$/g, ""), port };
    servers.set(origin, server);
  }
  return { ...server, path: url.slice(start) };
}

/** A whole answer that was read already. */
export function answerOf(status: number, text: string): TelegramAnswer {
  return { status, text: async () => text, json: async () => JSON.parse(text) as unknown };
}

function readText(response: http.IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.once("end", () => {
      const [only] = chunks;
      const bytes = chunks.length === 1 && only ? only : Buffer.concat(chunks);
      resolve(bytes.toString("utf8"));
    });
    response.once("error", reject);
    response.once("aborted", () => reject(new Error("the answer broke off")));
  });
}
