import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { gunzip } from "node:zlib";
import { promisify } from "node:util";
import { type AddressRule, checkHost, ForbiddenAddressError, guardedLookup } from "./addresses.ts";

const unzip = promisify(gunzip);

/** A whole answer: scans bring some megabytes, nothing brings more. */
const MAX_ANSWER = 48 * 1024 * 1024; // bytes
const KEEP_ALIVE = 15_000; // ms

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** Milliseconds for all of it. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** `wasSent` false: the other side can't have acted on it. */
export class HttpError extends Error {
  readonly wasSent: boolean;
  readonly code: string;

  constructor(code: string, wasSent: boolean, cause: unknown) {
    super(`the request failed: ${code}`, { cause });
    this.name = "HttpError";
    this.code = code;
    this.wasSent = wasSent;
  }
}

export interface Http {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/**
 * Plain requests: follows no redirect, checks every address it connects to, ends at a time and at a
 * size. `rule` allowing private addresses also allows `http:`.
 */
export function createHttp(rule: AddressRule, isPlainAllowed: boolean): Http {
  const options = { keepAlive: true, timeout: KEEP_ALIVE, lookup: guardedLookup(rule) };
  const agents = { "http:": new HttpAgent(options), "https:": new HttpsAgent(options) };
  return {
    async send(request) {
      const { protocol } = request.url;
      if (protocol !== "https:" && !(protocol === "http:" && isPlainAllowed)) {
        throw new HttpError("plain_http", false, null);
      }
      try {
        checkHost(request.url, rule);
      } catch (error) {
        throw new HttpError("forbidden_address", false, error);
      }
      return exchange(request, agents[protocol]);
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

async function exchange(request: HttpRequest, agent: HttpAgent): Promise<HttpAnswer> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(request.timeout)]);
  let isConnected = false;
  try {
    const answer = await new Promise<HttpAnswer>((resolve, reject) => {
      const start = request.url.protocol === "https:" ? httpsRequest : httpRequest;
      const outgoing = start(
        request.url,
        {
          agent,
          method: request.method,
          signal,
          headers: {
            ...request.headers,
            ...(request.body ? { "content-length": String(request.body.length) } : {}),
          },
        },
        (incoming) => {
          readAll(incoming).then(resolve, reject);
        },
      );
      outgoing.on("socket", (socket) => {
        isConnected = !socket.connecting;
        if (!isConnected) socket.once("connect", () => (isConnected = true));
      });
      outgoing.on("error", reject);
      outgoing.end(request.body ?? undefined);
    });
    return { ...answer, body: await decoded(answer) };
  } catch (error) {
    throw explain(error, isConnected, signal);
  }
}

function explain(error: unknown, isConnected: boolean, signal: AbortSignal): HttpError {
  if (error instanceof ForbiddenAddressError)
    return new HttpError("forbidden_address", false, error);
  if (signal.aborted) return new HttpError("timeout", isConnected, error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "broken_answer";
  return new HttpError(code, isConnected, error);
}

async function readAll(incoming: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw Object.assign(new Error("too large"), { code: "too_large" });
    chunks.push(chunk);
  }
  if (!incoming.complete) throw Object.assign(new Error("cut off"), { code: "truncated" });
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
  return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks, size) };
}

async function decoded({ headers, body }: HttpAnswer): Promise<Buffer> {
  if (headers["content-encoding"] !== "gzip") return body;
  return unzip(body, { maxOutputLength: MAX_ANSWER });
}
