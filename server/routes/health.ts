import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";

/** Whoever asks has a patience of his own. */
const PATIENCE = 5_000; // ms
const PROXY_HEADERS = ["X-Forwarded-For", "Forwarded", "X-Real-IP"];

/**
 * What those who run the program ask; every role answers it. `/healthz`: the process runs. `/readyz`: it
 * can work. `/metrics`: figures in Prometheus' text form, sums without ids; not for those who come through
 * a proxy, that is from outside.
 */
export function healthRoutes({
  readiness,
  metrics,
  log,
}: Pick<AppDependencies, "readiness" | "metrics" | "log">) {
  return new Hono<AppEnvironment>()
    .get("/healthz", (context) => context.json({ status: "alive" as const }))
    .get("/readyz", async (context) => {
      const isReady = await Promise.race([
        readiness().catch((error: unknown) => {
          log.warn({ err: error }, "readiness check failed");
          return false;
        }),
        // A database that is silent breaks no connection.
        sleep(PATIENCE, false, { ref: false }),
      ]);
      return isReady
        ? context.json({ status: "ready" as const }, 200)
        : context.json({ status: "starting" as const }, 503);
    })
    .get("/metrics", async (context) => {
      if (PROXY_HEADERS.some((name) => context.req.header(name) !== undefined)) {
        return context.notFound();
      }
      context.header("Content-Type", metrics.contentType);
      context.header("Cache-Control", "no-store");
      return context.body(await metrics.text());
    });
}
