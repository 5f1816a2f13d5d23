import type { Logger } from "pino";
import { isOutage } from "../db/outages.ts";

/**
 * postgres.js asks every new connection for its array types in a promise that nobody can catch: without
 * this a connection lost at that moment would end the process. Whatever else nobody catches still does.
 */
export function surviveLostConnections(log: Pick<Logger, "warn">): void {
  process.on("unhandledRejection", (error) => {
    if (!isOutage(error)) throw error;
    log.warn({ err: error }, "a connection to the database was lost while it was opened");
  });
}
