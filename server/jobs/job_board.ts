import { PgBoss, type QueueResult } from "pg-boss";
import type { Logger } from "pino";
import type { Transaction } from "../../db/client.ts";
import { DEAD_LETTERS, type Enqueue, QUEUE_NAMES, QUEUES, type QueueName } from "./queues.ts";

/**
 * Attempts after the first one, and the seconds before them: 60 × 2ⁿ. Deaths of workers make attempts more,
 * and not longer pauses.
 */
const RETRIES = { retryLimit: 3, retryDelay: 60, retryBackoff: true, retryDelayMax: 480 } as const;
const WEEK = 7 * 24 * 60 * 60;

/** The queues of pg-boss in the program's own PostgreSQL. */
export interface JobBoard {
  readonly boss: PgBoss;
  /** `onEnqueued` hears of every queue that got a job, before the commit. */
  enqueueIn(tx: Transaction, onEnqueued: (queue: QueueName) => void): Enqueue;
  stop(): Promise<void>;
}

/**
 * Connects, installs pg-boss' schema where it is missing and creates the queues. Its `url` must be a
 * direct connection: pg-boss keeps sessions.
 * @param supervises whether this process also expires, retries and cleans: the worker role
 */
export async function startJobBoard(options: {
  url: string;
  log: Logger;
  supervises: boolean;
}): Promise<JobBoard> {
  const boss = new PgBoss({
    connectionString: options.url,
    application_name: "smetka jobs",
    schema: "pgboss",
    max: options.supervises ? 6 : 2,
    supervise: options.supervises,
    schedule: options.supervises,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 30,
    useListenNotify: false,
  });
  boss.on("error", (error) => options.log.error({ err: error }, "queue error"));
  boss.on("warning", (warning) => options.log.warn({ warning: warning.message }, "queue warning"));
  await boss.start();
  await settleQueues(boss);
  return {
    boss,
    enqueueIn:
      (tx, onEnqueued) =>
      async (queue, payload, sendOptions = {}) => {
        const db = queryIn(tx);
        await boss.send(queue, QUEUES[queue].schema.parse(payload), { db, ...sendOptions });
        onEnqueued(queue);
      },
    stop: () => boss.stop({ graceful: false, close: true }),
  };
}

/** Lets pg-boss work inside a transaction of ours. */
export function queryIn(tx: Transaction) {
  return {
    executeSql: async (text: string, values?: unknown[]) => ({
      // Planned once for each connection: it takes longer than to run it.
      rows: await tx.unsafe(text, (values ?? []) as never[], { prepare: true }),
    }),
  };
}

/** Only what is missing or has other rules than these: two queries for each queue make a start wait. */
async function settleQueues(boss: PgBoss): Promise<void> {
  const kept = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  if (!kept.has(DEAD_LETTERS)) {
    await boss.createQueue(DEAD_LETTERS, { retentionSeconds: 26 * WEEK });
  }
  for (const name of QUEUE_NAMES) {
    const { expireInSeconds, policy = "standard" } = QUEUES[name];
    const rules = {
      ...RETRIES,
      expireInSeconds,
      deleteAfterSeconds: WEEK,
      deadLetter: DEAD_LETTERS,
    };
    const queue = kept.get(name);
    if (!queue) await boss.createQueue(name, { ...rules, policy });
    else if (!hasRules(queue, rules)) await boss.updateQueue(name, rules);
  }
}

function hasRules(queue: QueueResult, rules: Readonly<Record<string, unknown>>): boolean {
  const kept: Readonly<Record<string, unknown>> = { ...queue };
  return Object.entries(rules).every(([rule, value]) => kept[rule] === value);
}
