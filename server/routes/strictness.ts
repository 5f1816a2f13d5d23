import type { Hono, MiddlewareHandler } from "hono";
import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import type { AppEnvironment } from "./dependencies.ts";
import { checkOf, refusalOf } from "./validation.ts";

type Routes = Pick<Hono<AppEnvironment>, "routes">;

const nothing = z.strictObject({});

/**
 * Makes every operation of these routes refuse a query and a body that none of its validators reads. In front
 * of its own handlers, so that no new route can forget it and no other route can answer for it.
 */
export function strictly<App extends Routes>(app: App): App {
  const targets = new Map<string, Set<string>>();
  const nameOf = ({ method, path }: Routes["routes"][number]) => `${method} ${path}`;
  for (const route of app.routes) {
    const found = targets.get(nameOf(route)) ?? new Set();
    targets.set(nameOf(route), found.add(checkOf(route.handler)?.target ?? "none"));
  }
  app.routes = app.routes.flatMap((route) => {
    const found = targets.get(nameOf(route));
    // A middleware reads nothing; the rest of an operation stands behind its beginning.
    if (route.method === "ALL" || !found) return [route];
    targets.delete(nameOf(route));
    const takesBody = ["json", "form", "file"].some((target) => found.has(target));
    const refusals = [
      ...(found.has("query") ? [] : [refuseQuery]),
      ...(takesBody || route.method === "GET" ? [] : [refuseBody]),
    ];
    return [...refusals.map((handler) => ({ ...route, handler })), route];
  });
  return app;
}

/** Looks at most at one letter of an address that asks for nothing. */
const refuseQuery: MiddlewareHandler = (context, next) => {
  const { req } = context;
  if (req.url.includes("?")) demandNothing(req.queries());
  return next();
};

/** No body, or an empty object that says it is JSON: what programs send that always send one. */
const refuseBody: MiddlewareHandler = async ({ req }, next) => {
  if (req.header("Content-Length") !== "0") {
    const text = await req.text();
    if (text !== "") demandNothing(readJson(req.header("Content-Type"), text));
  }
  await next();
};

function readJson(type: string | undefined, text: string): unknown {
  try {
    if (/^application\/json\b/i.test(type ?? "")) return JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid", "Не получилось прочитать запрос.", { cause });
  }
  throw new AppError("invalid", "Этому запросу не нужно тело. Уберите его.");
}

function demandNothing(given: unknown): void {
  const { error } = nothing.safeParse(given);
  if (error) throw refusalOf(error);
}
