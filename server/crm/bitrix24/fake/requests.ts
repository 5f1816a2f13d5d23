import { getConnInfo } from "@hono/node-server/conninfo";
import {
  type FakeContext,
  type Reply,
  exchange,
  htmlReply,
  jsonReply,
} from "../../fake/exchange.ts";
import { parseForm } from "../../fake/form.ts";
import { type Fields, isMap } from "../../fake/values.ts";
import { runBatch } from "./batch.ts";
import { RestError, notEmulated } from "./errors.ts";
import type { Limits } from "./limits.ts";
import type { PortalState } from "./portal_state.ts";
import type { Runner } from "./runner.ts";

interface Address {
  userId: string;
  secret: string;
  method: string;
}

interface Outcome {
  reply: Reply;
  error: string | null;
  inner: { operation: string; error: string | null }[];
}

/** Answers `/rest/{user}/{secret}/{method}`; the whole HTTP side of the portal. */
export function createRestHandler(setup: {
  portal: PortalState;
  limits: Limits;
  runner: Runner;
}): (context: FakeContext) => Promise<Response> {
  const { portal } = setup;
  return async (context) => {
    const address = readAddress(new URL(context.req.url).pathname);
    const operation = address?.method ?? "unknown";
    const body = await context.req.arrayBuffer();
    const params = await readParams(context, body);
    const fault = portal.faults.take(operation);
    let outcome: Outcome = { reply: htmlReply(500), error: null, inner: [] };
    const sent = await exchange(context, fault, async () => {
      outcome =
        body.byteLength > portal.options.maxBodyBytes
          ? tooLarge()
          : answer(setup, context, address, params);
      return outcome.reply;
    });
    portal.journal.add({
      at: portal.clock.now(),
      operation,
      request: params,
      status: sent.status,
      error: outcome.error,
      fault: fault?.kind ?? null,
      inner: outcome.inner,
    });
    return sent.response;
  };
}

function tooLarge(): Outcome {
  return { reply: htmlReply(413), error: "413", inner: [] };
}

function answer(
  setup: { portal: PortalState; limits: Limits; runner: Runner },
  context: FakeContext,
  address: Address | null,
  params: Fields,
): Outcome {
  const { portal, limits } = setup;
  try {
    limits.admit(remoteAddress(context));
    checkCondition(portal);
    if (portal.options.isHttpsRequired && context.req.header("x-forwarded-proto") !== "https") {
      throw new RestError(400, "INVALID_REQUEST", "Https required");
    }
    checkWebhook(portal, address);
    if (address?.method.endsWith(".xml") === true) throw notEmulated("answers in XML");
    portal.actorId = portal.webhook.userId;
    return run(setup, address?.method ?? "", params);
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    const body = { error: error.code, error_description: error.message };
    return { reply: jsonReply(error.status, body), error: error.code, inner: [] };
  }
}

function run(
  { portal, limits, runner }: { portal: PortalState; limits: Limits; runner: Runner },
  method: string,
  params: Fields,
): Outcome {
  if (method !== "batch") {
    const { result, total, next, time, seconds } = runner.run(method, params, {
      isInBatch: false,
      isBilled: true,
    });
    if (seconds > portal.options.requestSeconds) return timedOut([]);
    return { reply: jsonReply(200, { result, next, total, time }), error: null, inner: [] };
  }
  const isBilled = portal.options.operatingBilledTo === "batch";
  if (isBilled) limits.checkOperating("batch");
  const { result, seconds, inner } = runBatch(portal, runner, params);
  if (isBilled) limits.charge("batch", seconds);
  if (seconds > portal.options.requestSeconds) return timedOut(inner);
  return { reply: jsonReply(200, { result, time: runner.timeOf(seconds) }), error: null, inner };
}

/** The web server gives up; what was done until then stays done. */
function timedOut(inner: Outcome["inner"]): Outcome {
  return { reply: htmlReply(504), error: "504", inner };
}

function checkCondition(portal: PortalState): void {
  switch (portal.condition) {
    case "working":
      return;
    case "unpaid":
      throw new RestError(403, "ACCESS_DENIED", "REST API is available only on commercial plans");
    case "overloaded":
      throw new RestError(503, "OVERLOAD_LIMIT", "REST API is blocked due to overload");
    case "deleted":
      throw new RestError(500, "PORTAL_DELETED", "Portal was deleted");
    default:
      portal.condition satisfies never;
  }
}

function checkWebhook(portal: PortalState, address: Address | null): void {
  const { webhook } = portal;
  if (address === null) throw new RestError(401, "NO_AUTH_FOUND", "Wrong authorization data");
  const isKnown = address.userId === String(webhook.userId) && address.secret === webhook.secret;
  const isExpired = webhook.expiresAt !== null && portal.now() >= webhook.expiresAt;
  if (!isKnown || webhook.isRevoked || isExpired) {
    throw new RestError(401, "INVALID_CREDENTIALS", "Invalid request credentials");
  }
}

function readAddress(path: string): Address | null {
  const [, userId = "", secret = "", name = ""] =
    /^\/rest\/(\d+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (name === "") return null;
  return {
    userId,
    secret,
    method: decodeURIComponent(name)
      .toLowerCase()
      .replace(/\.json$/, ""),
  };
}

function remoteAddress(context: FakeContext): string {
  try {
    return getConnInfo(context).remote.address ?? "unknown";
  } catch {
    // Without a socket (a request made inside the process) everybody is one address.
    return "local";
  }
}

/** Query and body together, the body winning. A body that cannot be read counts as none, as in PHP. */
async function readParams(context: FakeContext, body: ArrayBuffer): Promise<Fields> {
  const query = parseForm(new URL(context.req.url).search.slice(1));
  if (context.req.method !== "POST") return query;
  return { ...query, ...(await readBody(context, body)) };
}

async function readBody(context: FakeContext, body: ArrayBuffer): Promise<Fields> {
  const type = context.req.header("content-type") ?? "";
  if (type.includes("json")) return readJson(new TextDecoder().decode(body));
  if (!type.includes("multipart")) return parseForm(new TextDecoder().decode(body));
  const form = await new Response(body, { headers: { "content-type": type } }).formData();
  const pairs = [...form.entries()].filter(
    (pair): pair is [string, string] => typeof pair[1] === "string",
  );
  return parseForm(pairs.map((pair) => pair.map(encodeURIComponent).join("=")).join("&"));
}

function readJson(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : {};
  } catch {
    return {};
  }
}
