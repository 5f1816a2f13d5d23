import { CrmError } from "../../../domain/crm_adapter.ts";
import { asList, asMap, asText, type Fields } from "../loose.ts";
import { RawJson } from "../raw_json.ts";
import type { Transport, TransportAnswer, TransportCall } from "../transport.ts";
import { judgeAnswer, judgeCode } from "./failures.ts";

/** The web server gave up on a batch: it asked for too much at once. */
export const BATCH_TOO_LONG = "batch_too_long";

/** An answer's `time`: the portal's own clock, with its offset. */
export interface PortalMoment {
  readonly at: Date;
  /** "+03:00" */
  readonly offset: string;
}

export interface BatchAnswer {
  /** Result of a command, read from its bytes each time; undefined when it failed or did not run. */
  result(key: string): unknown;
  /** Throws what a command failed with; nothing when it went well or did not run. */
  check(key: string): void;
  /** All rows of a list, however many of them the page holds; null: not told. */
  total(key: string): number | null;
  readonly portalTime: PortalMoment | null;
}

/**
 * REST of one portal by an inbound webhook. The address is a secret: it never leaves this file but
 * through the transport, which writes only names of methods.
 */
export interface Bitrix24Client {
  call(method: string, params: unknown, options: CallOptions): Promise<unknown>;
  /**
   * Up to 50 commands; values may be `$result[key][path]` of earlier ones. Throws `BATCH_TOO_LONG`
   * when they take the portal longer than one request may.
   */
  batch(
    commands: Readonly<Record<string, string>>,
    options: { readonly signal: AbortSignal; readonly operation: string },
  ): Promise<BatchAnswer>;
}

interface CallOptions {
  readonly signal: AbortSignal;
  readonly isWrite: boolean;
}

const MOST_REDIRECTS = 2;
const TOO_LONG = { failure: { kind: "invalid" }, code: BATCH_TOO_LONG } as const;

/** @param onMoved hears the new address when the portal was renamed */
export function createBitrix24Client(options: {
  readonly transport: Transport;
  readonly webhookUrl: string;
  readonly now: () => Date;
  readonly onMoved?: (webhookUrl: string) => Promise<void>;
  readonly onOperating?: (method: string, seconds: number, resetAt: Date) => Promise<void>;
}): Bitrix24Client {
  const { transport, now } = options;
  let base = options.webhookUrl;

  async function post(
    method: string,
    params: unknown,
    call: CallOptions & Pick<TransportCall, "rawAt">,
  ): Promise<Fields> {
    for (let hop = 0; ; hop += 1) {
      const answer = await transport.call(
        {
          operation: method,
          method: "POST",
          url: new URL(method, base),
          body: params,
          isWrite: call.isWrite,
          ...(call.rawAt ? { rawAt: call.rawAt } : {}),
          judge: (given) => {
            if (isMoved(given)) return null;
            // The same once more would take as long: who asked may ask for less.
            if (method === "batch" && given.status === 504) return TOO_LONG;
            return judgeAnswer(given, call.isWrite, now());
          },
        },
        call.signal,
      );
      if (!isMoved(answer)) return asMap(answer.json);
      const next = movedBase(base, answer.headers["location"] ?? "");
      if (next === null || hop >= MOST_REDIRECTS) {
        throw new CrmError({ kind: "invalid" }, "bad_redirect");
      }
      // A renamed portal redirects; a follower would turn POST into GET and lose the body.
      base = next;
      await options.onMoved?.(base);
    }
  }

  async function reportOperating(method: string, time: unknown): Promise<void> {
    const { operating, operating_reset_at: resetAt } = asMap(time);
    if (typeof operating !== "number" || typeof resetAt !== "number") return;
    await options.onOperating?.(method, operating, new Date(resetAt * 1000));
  }

  return {
    async call(method, params, call) {
      const answer = await post(method, params, call);
      await reportOperating(method, answer["time"]);
      return answer["result"];
    },
    async batch(commands, { signal, operation }) {
      const options = { signal, isWrite: false, rawAt: ["result", "result"] };
      const answer = await post("batch", { halt: 1, cmd: commands }, options);
      const envelope = asMap(answer["result"]);
      const errors = asMap(envelope["result_error"]);
      const results = readMap(envelope["result"], commands);
      const totals = readMap(envelope["result_total"], commands);
      await reportOperating(operation, asList(envelope["result_time"]).at(-1));
      return {
        result: (key) => opened(results[key]),
        check(key) {
          const error = errors[key];
          if (error === undefined) return;
          const { error: code, error_description: text } = asMap(error);
          const report = judgeCode(200, asText(code), asText(text), now());
          throw new CrmError(report.failure, report.code);
        },
        total(key) {
          const total = Number(totals[key] ?? Number.NaN);
          return Number.isNaN(total) ? null : total;
        },
        portalTime: readMoment(asText(asMap(answer["time"])["date_start"])),
      };
    },
  };
}

function opened(result: unknown): unknown {
  if (!(result instanceof RawJson)) return result;
  try {
    return result.parse();
  } catch {
    throw new CrmError({ kind: "transient" }, "no_json");
  }
}

/** `a[b]=c&…` of a command inside a batch. */
export function command(method: string, params: readonly (readonly [string, string])[]): string {
  const query = params.map(([key, value]) => `${encodeURIComponent(key)}=${encode(value)}`);
  return `${method}?${query.join("&")}`;
}

/** References to earlier results stay readable for the portal. */
function encode(value: string): string {
  return value.startsWith("$result") ? value : encodeURIComponent(value);
}

/** With keys 0, 1, 2… PHP writes a list instead of a map; we name ours otherwise, but look twice. */
function readMap(value: unknown, commands: Readonly<Record<string, string>>): Fields {
  if (!Array.isArray(value)) return asMap(value);
  const keys = Object.keys(commands);
  return Object.fromEntries(value.map((item, index) => [keys[index] ?? String(index), item]));
}

function isMoved({ status, headers }: TransportAnswer): boolean {
  return [301, 302, 307, 308].includes(status) && headers["location"] !== undefined;
}

/** The webhook's address at the new host; null for anything that is not just another host. */
function movedBase(base: string, location: string): string | null {
  const target = URL.parse(location, base);
  if (target === null || target.protocol !== new URL(base).protocol) return null;
  const path = new URL(base).pathname;
  return target.pathname.startsWith(path) ? new URL(path, target).href : null;
}

function readMoment(text: string): PortalMoment | null {
  const at = new Date(text);
  const offset = /([+-]\d\d:\d\d)$/.exec(text)?.[1];
  return offset === undefined || Number.isNaN(at.getTime()) ? null : { at, offset };
}
