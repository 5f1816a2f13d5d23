import { Hono } from "hono";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";

/** `/healthz`: the process runs. `/readyz`: it can serve. */
export function healthRoutes({ readiness, log }: Pick<AppDependencies, "readiness" | "log">) {
  return new Hono<AppEnvironment>()
    .get("/healthz", (context) => context.json({ status: "alive" as const }))
    .get("/readyz", async (context) => {
      const isReady = await readiness().catch((error: unknown) => {
        log.warn({ err: error }, "readiness check failed");
        return false;
      });
      return isReady
        ? context.json({ status: "ready" as const }, 200)
        : context.json({ status: "starting" as const }, 503);
    });
}
