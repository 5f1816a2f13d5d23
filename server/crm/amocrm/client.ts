import { CrmError } from "../../../domain/crm_adapter.ts";
import { asMap, asText, type Fields } from "../loose.ts";
import type { CrmFailureReport, Transport, TransportAnswer } from "../transport.ts";

/** Where access tokens come from: one that never changes, or a pair that is renewed. */
export interface AmocrmTokens {
  current(): Promise<string>;
  /** Called when `stale` was refused. Null: there is no other. */
  renew(stale: string, signal: AbortSignal): Promise<string | null>;
}

export interface AmocrmClient {
  /** Null: 204, nothing there. `path` may be a whole address of the file service. */
  call(request: AmocrmRequest): Promise<Fields | null>;
}

export interface AmocrmRequest {
  /** "GET /contacts": names the kind of call, no ids. */
  readonly operation: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

const UNAUTHORIZED = "401";

/** @param baseUrl `https://name.amocrm.ru` */
export function createAmocrmClient(options: {
  readonly transport: Transport;
  readonly baseUrl: string;
  readonly tokens: AmocrmTokens;
  readonly now: () => Date;
}): AmocrmClient {
  const { transport, tokens } = options;

  async function send(request: AmocrmRequest, token: string): Promise<Fields | null> {
    const method = request.operation.split(" ")[0] as "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
    const isWrite = method !== "GET";
    const answer = await transport.call(
      {
        operation: request.operation,
        method,
        url: addressOf(options.baseUrl, request),
        headers: { authorization: `Bearer ${token}` },
        isWrite,
        ...(request.body === undefined ? {} : { body: request.body }),
        judge: (given) => judgeAnswer(given, isWrite, options.now()),
      },
      request.signal,
    );
    if (answer.isEmpty) return null;
    return Array.isArray(answer.json) ? { items: answer.json } : asMap(answer.json);
  }

  return {
    async call(request) {
      const token = await tokens.current();
      try {
        return await send(request, token);
      } catch (error) {
        if (!(error instanceof CrmError) || error.code !== UNAUTHORIZED) throw error;
        const renewed = await tokens.renew(token, request.signal);
        if (renewed === null) throw error;
        return send(request, renewed);
      }
    },
  };
}

function addressOf(baseUrl: string, { path, query }: AmocrmRequest): URL {
  const url = new URL(path.startsWith("http") ? path : `${baseUrl}/api/v4${path}`);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  return url;
}

const USUAL_PAUSE = 60; // s

/**
 * 403 without JSON is the web server's own: the address is blocked, and every further call makes it
 * worse. developers.kommo.com: limitations, http-codes
 */
export function judgeAnswer(
  { status, json, isEmpty }: TransportAnswer,
  isWrite: boolean,
  now: Date,
): CrmFailureReport | null {
  const isProblem = json !== undefined;
  if (status >= 200 && status < 300) {
    if (isProblem || isEmpty) return null;
    return { failure: { kind: isWrite ? "unknown" : "transient" }, code: "no_json" };
  }
  const code = String(status);
  switch (status) {
    case 400:
    case 413:
    case 422:
      return { failure: { kind: "invalid" }, code: `${code} ${firstPath(json)}`.trim() };
    case 401:
      return { failure: { kind: "stopped", reason: "credentials" }, code: UNAUTHORIZED };
    case 402:
      return { failure: { kind: "stopped", reason: "payment" }, code };
    case 403:
      return { failure: { kind: "stopped", reason: isProblem ? "rights" : "blocked" }, code };
    case 404:
      return { failure: { kind: "missing" }, code };
    case 429: {
      const seconds = Number(asText(asMap(json)["retry_after"])) || USUAL_PAUSE;
      const retryAt = new Date(now.getTime() + seconds * 1000);
      return { failure: { kind: "rate", scope: "account", retryAt }, code };
    }
    default:
      return { failure: { kind: isWrite ? "unknown" : "transient" }, code: `http_${code}` };
  }
}

/** Which field was refused: "price". */
function firstPath(json: unknown): string {
  const errors = asMap(asMap(json)["validation-errors"])["0"];
  return asText(asMap(asMap(asMap(errors)["errors"])["0"])["path"]).slice(0, 60);
}
