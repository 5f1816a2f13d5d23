import { setTimeout as sleep } from "node:timers/promises";
import { CrmError, type CrmFailure } from "../../domain/crm_adapter.ts";
import { type Http, type HttpAnswer, HttpError } from "./http.ts";
import { parseAround } from "./raw_json.ts";
import { redact, scrub } from "./redaction.ts";

/** One call to an outside system. */
export interface TransportCall {
  /** "crm.item.list", "GET /contacts": in the log and for the limits; no ids, no keys. */
  readonly operation: string;
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, bytes as they are. */
  readonly body?: unknown;
  /** Whether doing it twice could be seen there. */
  readonly isWrite: boolean;
  /** Where the answer is large: each member of the map or list at this path comes as a `RawJson`. */
  readonly rawAt?: readonly string[];
  /** What the CRM says with this answer; null: all is well. */
  judge(answer: TransportAnswer): CrmFailureReport | null;
}

export interface CrmFailureReport {
  readonly failure: CrmFailure;
  readonly code: string;
}

export interface TransportAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Undefined where it was empty or no JSON. */
  readonly json: unknown;
  readonly isEmpty: boolean;
}

/** A call's trace, with nothing secret or personal in it. */
export interface TransportTrace {
  readonly operation: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
  readonly request: unknown;
  readonly response: unknown;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** Lets a call through at the pace of the other side, for all processes together. */
export interface Pace {
  /** Ms to wait before the call, and ms that the account or this operation is closed for. */
  take(operation: string): Promise<{ wait: number; blocked: number }>;
  /** Closes one operation, or the whole account when it is null. */
  block(operation: string | null, until: Date): Promise<void>;
}

/** Hears how the limits of the other side hold calls up, to count it. */
export interface LimitWatch {
  /** A call waits from now on; returns what ends that, `isOver`: it may go. */
  wait(): (isOver: boolean) => void;
  /** `rate`: the CRM says that we are too fast; `own_limit`: its turn is too far off; `blocked`: no turn. */
  refused(reason: "rate" | "own_limit" | "blocked"): void;
}

/** The only place that touches the network and the log of calls. */
export interface Transport {
  call(request: TransportCall, signal: AbortSignal): Promise<TransportAnswer>;
}

const ATTEMPTS = 4;
const FIRST_PAUSE = 500; // ms
/** Waiting longer is for the queue: the job comes again later. */
const LONGEST_WAIT = 20_000; // ms
const DAY = 86_400_000; // ms

export interface TransportOptions {
  readonly http: Http;
  readonly pace: Pace;
  readonly record: (trace: TransportTrace) => Promise<void>;
  /** What must not show anywhere. */
  readonly secrets: () => readonly string[];
  readonly now: () => Date;
  /** Milliseconds that one call may take. */
  readonly timeout: number;
  readonly limits?: LimitWatch | undefined;
  /** Replaces waiting in tests. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export function createTransport(options: TransportOptions): Transport {
  const pause = options.pause ?? ((ms, signal) => sleep(ms, undefined, { signal }));
  const hold: Hold = async (ms, signal) => {
    const end = options.limits?.wait();
    try {
      await pause(ms, signal);
      end?.(true);
    } catch (error) {
      end?.(false);
      throw error;
    }
  };
  return {
    async call(request, signal) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await waitForTurn(options, request.operation, signal, hold);
          if (request.isWrite) await hearOfLoss();
          return await attemptCall(options, request, signal);
        } catch (error) {
          const wait = pauseBefore(error, attempt, options.now());
          if (wait === null) throw error;
          await (isRate(error) ? hold : pause)(wait, signal);
        }
      }
    },
  };
}

/**
 * Whoever stood still and goes on may have lost what it works on, and timers tell it so; answers that came
 * meanwhile are read before them.
 */
async function hearOfLoss(): Promise<void> {
  await sleep(0);
}

/** Waits because of a limit. */
type Hold = (ms: number, signal: AbortSignal) => Promise<void>;

function isRate(error: unknown): boolean {
  return error instanceof CrmError && error.failure.kind === "rate";
}

/** Ms until the next attempt; null: the caller must know. */
function pauseBefore(error: unknown, attempt: number, now: Date): number | null {
  if (!(error instanceof CrmError) || attempt >= ATTEMPTS) return null;
  const { failure } = error;
  if (failure.kind === "transient") return FIRST_PAUSE * 2 ** (attempt - 1);
  if (failure.kind !== "rate") return null;
  const wait = Math.max(100, failure.retryAt.getTime() - now.getTime());
  return wait <= LONGEST_WAIT ? wait : null;
}

async function waitForTurn(
  { pace, now, limits }: TransportOptions,
  operation: string,
  signal: AbortSignal,
  hold: Hold,
): Promise<void> {
  const { wait, blocked } = await pace.take(operation);
  if (blocked > DAY) {
    limits?.refused("blocked");
    throw new CrmError({ kind: "stopped", reason: "blocked" }, "circuit_open");
  }
  const ms = Math.max(wait, blocked);
  if (ms > LONGEST_WAIT) {
    limits?.refused("own_limit");
    throw new CrmError(
      { kind: "rate", scope: "account", retryAt: new Date(now().getTime() + ms) },
      "own_limit",
    );
  }
  if (ms > 0) await hold(ms, signal);
}

async function attemptCall(
  options: TransportOptions,
  request: TransportCall,
  signal: AbortSignal,
): Promise<TransportAnswer> {
  signal.throwIfAborted();
  const { body, type } = encode(request.body);
  const started = performance.now();
  let raw: HttpAnswer | null = null;
  let answer: TransportAnswer | null = null;
  let report: CrmFailureReport | null;
  let cause: unknown;
  try {
    raw = await options.http.send({
      method: request.method,
      url: request.url,
      body,
      timeout: options.timeout,
      signal,
      headers: {
        accept: "application/json",
        "accept-encoding": "gzip",
        "user-agent": "Smetka/0.1",
        ...(type ? { "content-type": type } : {}),
        ...request.headers,
      },
    });
    answer = decode(raw, request.rawAt);
    report = withPlainCode(request.judge(answer));
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    cause = error;
    report = networkFailure(error, request.isWrite);
  }
  await options.record(
    traceOf(request, { raw, answer, report, body, ms: performance.now() - started }, options),
  );
  if (!report && answer) return answer;
  const { failure, code } = report ?? { failure: { kind: "transient" as const }, code: "empty" };
  if (failure.kind === "stopped" && failure.reason === "blocked") {
    options.limits?.refused("blocked");
    await options.pace.block(null, new Date(options.now().getTime() + 3650 * DAY));
  }
  if (failure.kind === "rate") {
    options.limits?.refused("rate");
    const closed = failure.scope === "operation" ? request.operation : null;
    await options.pace.block(closed, failure.retryAt);
  }
  // Not the cause itself: its message may carry the address.
  const shown = scrub(code, options.secrets());
  throw new CrmError(failure, shown, cause instanceof HttpError ? { cause: cause.code } : {});
}

/** One or two words in Latin letters, as codes are; longer ones may be phones. */
const PLAIN_CODE = /^(?!.*\d{7})[\w.:/[\]-]{1,80}(?: [\w.:/[\]-]{1,80})?$/;

/** A CRM may put into the place of a code what it was sent; nobody's name may come into a log so. */
function withPlainCode(report: CrmFailureReport | null): CrmFailureReport | null {
  if (report === null || PLAIN_CODE.test(report.code)) return report;
  return { ...report, code: "no_code" };
}

function networkFailure(error: HttpError, isWrite: boolean): CrmFailureReport {
  if (error.code === "forbidden_address" || error.code === "plain_http") {
    return { failure: { kind: "invalid" }, code: error.code };
  }
  const kind = isWrite && error.wasSent ? "unknown" : "transient";
  return { failure: { kind }, code: error.code };
}

function encode(body: unknown): { body: Uint8Array | null; type: string | null } {
  if (body === undefined) return { body: null, type: null };
  if (body instanceof Uint8Array) return { body, type: "application/octet-stream" };
  return { body: Buffer.from(JSON.stringify(body)), type: "application/json" };
}

function decode(
  { status, headers, body }: HttpAnswer,
  rawAt: TransportCall["rawAt"],
): TransportAnswer {
  const isEmpty = body.length === 0;
  if (isEmpty) return { status, headers, json: undefined, isEmpty };
  try {
    const json = rawAt ? parseAround(body, rawAt) : (JSON.parse(body.toString("utf8")) as unknown);
    return { status, headers, json, isEmpty };
  } catch {
    // HTML of a web server, or half an answer: `judge` sees that there is no JSON.
    return { status, headers, json: undefined, isEmpty };
  }
}

function traceOf(
  request: TransportCall,
  done: {
    raw: HttpAnswer | null;
    answer: TransportAnswer | null;
    report: CrmFailureReport | null;
    body: Uint8Array | null;
    ms: number;
  },
  options: TransportOptions,
): TransportTrace {
  const shown = request.body instanceof Uint8Array ? null : redact(request.body);
  const clean = (value: unknown): unknown =>
    JSON.parse(scrub(JSON.stringify(value ?? null), options.secrets())) as unknown;
  return {
    operation: request.operation,
    status: done.raw?.status ?? null,
    error: done.report
      ? `${done.report.failure.kind}: ${scrub(done.report.code, options.secrets())}`
      : null,
    durationMs: Math.round(done.ms),
    request: clean(shown),
    response: clean(redact(done.answer?.json)),
    requestBytes: done.body?.length ?? 0,
    responseBytes: done.raw?.body.length ?? 0,
  };
}
