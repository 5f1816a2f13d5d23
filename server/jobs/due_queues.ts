import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Sql } from "../../db/client.ts";
import { listDueQueues } from "../../db/due_jobs.ts";
import { QUEUE_NAMES } from "./queues.ts";

/** Milliseconds between looks at queues that nobody woke. */
const BETWEEN_LOOKS = 500;

/**
 * Until it is stopped: wakes the queues that have something to do, all found by one query. A fetch for each
 * of them would cost an idle worker a dozen queries a look.
 */
export async function watchDueQueues(
  { sql, log, wake }: { sql: Sql; log: Logger; wake: (queue: string) => void },
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    try {
      for (const queue of await listDueQueues(sql, QUEUE_NAMES)) wake(queue);
    } catch (error) {
      log.error({ err: error }, "could not look for due jobs");
    }
    await sleep(BETWEEN_LOOKS, undefined, { signal: stopping }).catch(() => undefined);
  }
}
