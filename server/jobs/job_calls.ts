import type { Logger } from "pino";
import type { Sql } from "../../db/client.ts";
import { callWorkers } from "../../db/job_calls.ts";
import type { Hearing } from "../hearing.ts";
import type { QueueName } from "./queues.ts";

const CHANNEL = "smetka_jobs";

/** Wakes the workers of other processes. */
export interface JobCaller {
  /** After the commit: the queue got a job. */
  readonly call: (queue: QueueName) => void;
  /** Waits for the call under way. */
  readonly stop: () => Promise<void>;
}

/**
 * For a process without workers of its own. Calls go one at a time, and what is committed meanwhile goes
 * together in the next one. A lost call costs the half second between two looks.
 */
export function createJobCaller({ sql, log }: { sql: Sql; log: Logger }): JobCaller {
  const waiting = new Set<QueueName>();
  let calling: Promise<void> | null = null;

  async function callAll(): Promise<void> {
    while (waiting.size > 0) {
      const queues = [...waiting];
      waiting.clear();
      await callWorkers(sql, CHANNEL, queues).catch((error: unknown) => {
        log.debug({ err: error }, "workers could not be called");
      });
    }
    calling = null;
  }

  return {
    call: (queue) => {
      waiting.add(queue);
      calling ??= callAll();
    },
    stop: async () => {
      await calling;
    },
  };
}

/** Hears of jobs that other processes committed. A call that is lost costs what is said above. */
export function hearJobCalls(
  hearing: Pick<Hearing, "hear">,
  onCall: (queue: string) => void,
): void {
  hearing.hear(CHANNEL, { onCall: (queues) => queues.split(",").forEach(onCall) });
}
