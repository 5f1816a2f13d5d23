import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";

/**
 * One line for each request: the route and ids. Never the address line itself (a search is a name or a
 * phone), a header or a body.
 */
export function logRequests({
  log,
  clock,
}: Pick<AppDependencies, "log" | "clock">): MiddlewareHandler<AppEnvironment> {
  return async (context, next) => {
    const start = clock().getTime();
    await next();
    const { requestId, session } = context.var;
    context.header("X-Request-Id", requestId);
    log.debug(
      {
        requestId,
        method: context.req.method,
        route: routePath(context, -1),
        status: context.res.status,
        duration: clock().getTime() - start,
        companyId: session?.actor.companyId,
        userId: session?.actor.userId,
      },
      "request",
    );
  };
}
