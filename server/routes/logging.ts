import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes, routePath } from "hono/route";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";

/**
 * One line for each request: the route and ids. Never the address line itself (a search is a name or a
 * phone), a header or a body.
 */
export function logRequests({
  log,
  metrics,
}: Pick<AppDependencies, "log" | "metrics">): MiddlewareHandler<AppEnvironment> {
  return async (context, next) => {
    const start = context.get("startedAt") ?? performance.now();
    await next();
    const requestId = context.get("requestId");
    const session = context.get("session");
    // Not by `context.header`: it would copy the whole answer.
    context.res.headers.set("X-Request-Id", requestId);
    const route = patternOf(context);
    const { status } = context.res;
    const duration = performance.now() - start;
    const outcome = status < 500 ? "done" : "failed";
    metrics.note({ kind: "request", name: route, outcome, seconds: duration / 1000 });
    log.debug(
      {
        requestId,
        method: context.req.method,
        route,
        status,
        duration: Math.round(duration),
        companyId: session?.actor.companyId,
        userId: session?.actor.userId,
      },
      "request",
    );
  };
}

/** "/api/v1/estimates/:id", not the pattern of a middleware around it. */
function patternOf(context: Context): string {
  const exact = matchedRoutes(context).findLast(({ path }) => !path.includes("*"));
  return exact?.path ?? routePath(context, -1);
}
