import { parseForm } from "../../fake/form.ts";
import { type Fields, asMap, asText } from "../../fake/values.ts";
import { RestError } from "./errors.ts";
import type { PortalState } from "./portal_state.ts";
import type { Runner } from "./runner.ts";

const MOST_COMMANDS = 50;

export interface BatchRun {
  result: unknown;
  /** Simulated seconds of all commands together. */
  seconds: number;
  inner: { operation: string; error: string | null }[];
}

/**
 * Runs up to 50 commands one after another. The envelope is 200 whatever happens inside; every
 * command has its own entry in `result` or `result_error`. settings/how-to-call-rest-api/batch.md
 */
export function runBatch(portal: PortalState, runner: Runner, params: Fields): BatchRun {
  const isHalting = ["1", "true", "Y"].includes(asText(params["halt"]));
  const book = {
    result: new Map(),
    error: new Map(),
    total: new Map(),
    next: new Map(),
    time: new Map(),
  };
  const results = new Map<string, Resolved>();
  const inner: BatchRun["inner"] = [];
  let seconds = 0;
  let count = 0;
  for (const [key, command] of Object.entries(asMap(params["cmd"]))) {
    if (typeof command !== "string") continue;
    count += 1;
    const { method, query } = splitCommand(command);
    try {
      if (count > MOST_COMMANDS) {
        throw new RestError(400, "ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded");
      }
      const { values, depth } = substitute(
        parseForm(query),
        results,
        portal.options.batchChainDepth,
      );
      const ran = runCommand(portal, runner, method, asMap(values));
      seconds += ran.seconds;
      results.set(key, { value: ran.result, depth });
      book.result.set(key, ran.result);
      book.time.set(key, ran.time);
      if (ran.total !== undefined) book.total.set(key, ran.total);
      if (ran.next !== undefined) book.next.set(key, ran.next);
      inner.push({ operation: method, error: null });
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      book.error.set(key, { error: error.code, error_description: error.message });
      inner.push({ operation: method, error: error.code });
      if (isHalting) break;
    }
    if (seconds > portal.options.requestSeconds) break;
  }
  return { result: envelope(book), seconds, inner };
}

function runCommand(
  portal: PortalState,
  runner: Runner,
  method: string,
  params: Fields,
): ReturnType<Runner["run"]> {
  if (method === "batch") {
    throw new RestError(
      405,
      "ERROR_BATCH_METHOD_NOT_ALLOWED",
      "Method is not allowed for batch usage",
    );
  }
  const fault = portal.faults.take(method);
  if (fault?.kind === "reply" && typeof fault.body === "object") {
    const body = asMap(fault.body);
    throw new RestError(fault.status, asText(body["error"]), asText(body["error_description"]));
  }
  const isBilled = portal.options.operatingBilledTo === "nested";
  return runner.run(method, params, { isInBatch: true, isBilled });
}

function splitCommand(command: string): { method: string; query: string } {
  const question = command.indexOf("?");
  const method = question === -1 ? command : command.slice(0, question);
  return {
    method: method
      .trim()
      .toLowerCase()
      .replace(/\.json$/, ""),
    query: question === -1 ? "" : command.slice(question + 1),
  };
}

interface Resolved {
  value: unknown;
  /** How many results behind each other this one stands on. */
  depth: number;
}

/** Puts results of earlier commands where `$result[key][path]` stands; what is not there is empty. */
function substitute(
  value: unknown,
  results: ReadonlyMap<string, Resolved>,
  deepest: number,
): { values: unknown; depth: number } {
  if (typeof value === "string") {
    if (!value.startsWith("$result[")) return { values: value, depth: 0 };
    const [key = "", ...path] = [...value.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? "");
    const source = results.get(key);
    const depth = (source?.depth ?? 0) + 1;
    const found = depth > deepest ? undefined : follow(source?.value, path);
    return { values: typeof found === "object" ? found : asText(found), depth };
  }
  if (typeof value !== "object" || value === null) return { values: value, depth: 0 };
  const parts = Object.entries(value).map(
    ([key, inner]) => [key, substitute(inner, results, deepest)] as const,
  );
  const depth = Math.max(0, ...parts.map(([, part]) => part.depth));
  const map = Object.fromEntries(parts.map(([key, part]) => [key, part.values]));
  return { values: Array.isArray(value) ? Object.values(map) : map, depth };
}

function follow(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Fields)[key];
  }
  return current;
}

function envelope(
  book: Record<"result" | "error" | "total" | "next" | "time", Map<string, unknown>>,
): Fields {
  return {
    result: phpMap(book.result),
    result_error: phpMap(book.error),
    result_total: phpMap(book.total),
    result_next: phpMap(book.next),
    result_time: phpMap(book.time),
  };
}

/** PHP writes an empty map as `[]`, and one whose keys run 0, 1, 2… as a list. */
function phpMap(map: ReadonlyMap<string, unknown>): unknown {
  const isList = [...map.keys()].every((key, index) => key === String(index));
  return isList ? [...map.values()] : Object.fromEntries(map);
}
