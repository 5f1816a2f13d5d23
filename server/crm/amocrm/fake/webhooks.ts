import { asMap, asText, isMap } from "../../fake/values.ts";
import type { AccountState, Hook } from "./account_state.ts";
import { HOOK_SETTINGS } from "./hooks.ts";
import { href } from "./links_out.ts";
import { fieldMissing, invalidType, notSupported, problem, validationProblem } from "./problems.ts";
import { type ApiCall, type ApiReply, type ApiRoute, NO_CONTENT } from "./routing.ts";

const MOST_HOOKS = 100;

/** Subscriptions; for administrators. reference/webhooks */
export function webhookRoutes(): ApiRoute[] {
  return [
    { method: "GET", path: "/webhooks", isForAdministrators: true, run: listHooks },
    { method: "POST", path: "/webhooks", isForAdministrators: true, run: subscribe },
    { method: "DELETE", path: "/webhooks", isForAdministrators: true, run: unsubscribe },
  ];
}

function listHooks({ account, query }: ApiCall): ApiReply {
  const wanted = asText(asMap(query["filter"])["destination"]);
  const hooks = account.hooks.filter(({ destination }) => wanted === "" || destination === wanted);
  if (hooks.length === 0) return NO_CONTENT;
  return {
    status: 200,
    body: {
      _total_items: hooks.length,
      _links: { self: { href: href(account, "/api/v4/webhooks") } },
      _embedded: { webhooks: hooks.map((hook) => viewHook(account, hook)) },
    },
  };
}

/** Subscribing the same address again replaces its list and does not switch it on again. */
function subscribe({ account, body }: ApiCall): ApiReply {
  const input = isMap(body) ? body : {};
  const { destination, settings } = input;
  const violations = [
    ...(destination === undefined ? [fieldMissing("destination")] : []),
    ...(destination !== undefined && !isAddress(destination)
      ? [invalidType("destination", "url")]
      : []),
    ...(Array.isArray(settings) ? [] : [fieldMissing("settings")]),
    ...settingsOf(settings).flatMap((name, index) =>
      HOOK_SETTINGS.has(name) ? [] : [notSupported(`settings.${String(index)}`)],
    ),
  ];
  if (violations.length > 0) throw validationProblem([{ requestId: "0", violations }]);
  const url = asText(destination);
  const known = account.hooks.find((hook) => hook.destination === url);
  if (known !== undefined) {
    known.settings = settingsOf(settings);
    known.updatedAt = account.now();
    return { status: 201, body: viewHook(account, known) };
  }
  if (account.hooks.length >= MOST_HOOKS) throw problem(422, "Webhooks limit exceeded");
  const hook: Hook = {
    id: account.next("hook"),
    destination: url,
    settings: settingsOf(settings),
    isDisabled: false,
    createdBy: account.actorId,
    createdAt: account.now(),
    updatedAt: account.now(),
  };
  account.hooks.push(hook);
  return { status: 201, body: viewHook(account, hook) };
}

function unsubscribe({ account, body }: ApiCall): ApiReply {
  const destination = isMap(body) ? body["destination"] : undefined;
  if (typeof destination !== "string") {
    throw validationProblem([{ requestId: "0", violations: [fieldMissing("destination")] }]);
  }
  account.hooks = account.hooks.filter((hook) => hook.destination !== destination);
  return NO_CONTENT;
}

function settingsOf(value: unknown): string[] {
  return Array.isArray(value) ? (value as unknown[]).map(asText) : [];
}

function isAddress(value: unknown): boolean {
  return typeof value === "string" && /^https?:$/.test(URL.parse(value)?.protocol ?? "");
}

function viewHook(account: AccountState, hook: Hook): object {
  return {
    id: hook.id,
    destination: hook.destination,
    created_at: hook.createdAt,
    updated_at: hook.updatedAt,
    account_id: account.id,
    created_by: hook.createdBy,
    sort: 1,
    disabled: hook.isDisabled,
    settings: hook.settings,
  };
}
