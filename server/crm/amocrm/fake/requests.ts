import {
  type FakeContext,
  type Reply,
  exchange,
  htmlReply,
  jsonReply,
} from "../../fake/exchange.ts";
import { parseForm } from "../../fake/form.ts";
import { accountRoutes } from "./account_info.ts";
import type { AccountState, Kind } from "./account_state.ts";
import { catalogRoutes } from "./catalogs.ts";
import { complexRoutes } from "./complex.ts";
import { customFieldRoutes } from "./custom_fields.ts";
import { fileRoutes } from "./entity_files.ts";
import { linkRoutes } from "./entity_links.ts";
import { getEntity, listEntities } from "./entity_list.ts";
import { addEntities, changeEntities, changeEntity } from "./entity_write.ts";
import type { Limits } from "./limits.ts";
import { noteRoutes } from "./notes.ts";
import type { Tokens } from "./oauth.ts";
import { getPipeline, listPipelines } from "./pipelines.ts";
import { Problem, problem } from "./problems.ts";
import type { ApiReply, ApiRoute } from "./routing.ts";
import { webhookRoutes } from "./webhooks.ts";

const HAL = "application/hal+json; charset=utf-8";
const PROBLEM = "application/problem+json; charset=utf-8";

/** Everything under /api/v4 that this fake can be asked. */
const ROUTES: readonly ApiRoute[] = [
  ...accountRoutes(),
  { method: "GET", path: "/leads/pipelines", run: listPipelines },
  { method: "GET", path: "/leads/pipelines/{id}", run: getPipeline },
  ...complexRoutes(),
  ...customFieldRoutes(),
  ...noteRoutes(),
  ...linkRoutes(),
  ...fileRoutes(),
  ...catalogRoutes(),
  ...webhookRoutes(),
  ...(["leads", "contacts", "companies"] as const).flatMap(entityRoutes),
];

function entityRoutes(kind: Kind): ApiRoute[] {
  return [
    { method: "GET", path: `/${kind}`, run: (call) => listEntities(call, kind) },
    { method: "POST", path: `/${kind}`, run: (call) => addEntities(call, kind) },
    { method: "PATCH", path: `/${kind}`, run: (call) => changeEntities(call, kind) },
    { method: "GET", path: `/${kind}/{id}`, run: (call) => getEntity(call, kind) },
    { method: "PATCH", path: `/${kind}/{id}`, run: (call) => changeEntity(call, kind) },
  ];
}

interface Found {
  route: ApiRoute;
  ids: number[];
}

function findRoute(method: string, path: string): Found | "otherMethod" | null {
  const template = path.replaceAll(/\/\d+(?=\/|$)/g, "/{id}");
  const same = ROUTES.filter((route) => route.path === template);
  const route = same.find((one) => one.method === method);
  if (route === undefined) return same.length > 0 ? "otherMethod" : null;
  return { route, ids: [...path.matchAll(/\/(\d+)(?=\/|$)/g)].map((match) => Number(match[1])) };
}

export interface RequestSetup {
  account: AccountState;
  limits: Limits;
  tokens: Tokens;
}

/** Answers /api/v4/* and /oauth2/access_token. */
export function createApiHandler(setup: RequestSetup): (context: FakeContext) => Promise<Response> {
  const { account } = setup;
  return async (context) => {
    const url = new URL(context.req.url);
    const path = url.pathname.replace(/^\/api\/v4/, "");
    const found = findRoute(context.req.method, path);
    const operation = nameOf(context.req.method, path, found);
    const text = await context.req.text();
    const fault = account.faults.take(operation);
    let error: string | null = null;
    const sent = await exchange(context, fault, async () => {
      try {
        return toReply(answer(setup, context, found, text));
      } catch (thrown) {
        if (!(thrown instanceof Problem)) throw thrown;
        error = String(thrown.status);
        return thrown.body === null
          ? htmlReply(thrown.status)
          : jsonReply(thrown.status, thrown.body, PROBLEM);
      }
    });
    account.journal.add({
      at: account.clock.now(),
      operation,
      request: {
        query: parseForm(url.search.slice(1)),
        body: isSecret(path) ? null : readable(text),
      },
      status: sent.status,
      error,
      fault: fault?.kind ?? null,
      inner: [],
    });
    return sent.response;
  };
}

function isSecret(path: string): boolean {
  return path.startsWith("/oauth2/");
}

function nameOf(method: string, path: string, found: ReturnType<typeof findRoute>): string {
  if (found !== null && found !== "otherMethod") return `${method} ${found.route.path}`;
  return `${method} ${path.replaceAll(/\/\d+(?=\/|$)/g, "/{id}")}`;
}

function answer(
  { account, limits, tokens }: RequestSetup,
  context: FakeContext,
  found: ReturnType<typeof findRoute>,
  text: string,
): ApiReply {
  limits.admit();
  const url = new URL(context.req.url);
  if (url.pathname === "/oauth2/access_token") {
    if (context.req.method !== "POST") throw problem(405, "Method not allowed");
    return tokens.grant(parseBody(text));
  }
  if (!account.isPaid) throw problem(402, "Account is not paid");
  tokens.check(context.req.header("authorization"));
  if (found === null) throw problem(404, "Not found");
  if (found === "otherMethod") throw problem(405, "Method not allowed");
  if (found.route.isForAdministrators === true && !account.options.isAdministrator) {
    throw problem(403, "Only administrators may do this");
  }
  account.actorId = account.users[0]?.id ?? 0;
  const body = context.req.method === "GET" ? undefined : parseBody(text);
  if (body === MALFORMED) throw problem(400, "Malformed JSON");
  return found.route.run({
    account,
    ids: found.ids,
    query: parseForm(url.search.slice(1)),
    body,
    path: url.pathname + url.search,
  });
}

const MALFORMED = Symbol("malformed");

function readable(text: string): unknown {
  const body = parseBody(text);
  return body === MALFORMED ? text : body;
}

function parseBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return MALFORMED;
  }
}

function toReply({ status, body }: ApiReply): Reply {
  return body === undefined ? { status, body: "", headers: {} } : jsonReply(status, body, HAL);
}
