import { randomInt } from "node:crypto";
import type { Sql } from "../../db/client.ts";
import { createJobClaims, type StandingStill } from "../../db/job_claims.ts";
import { watchDueQueues } from "./due_queues.ts";
import { QUEUE_NAMES, type QueueName } from "./queues.ts";
import { type LoopOptions, SlotLoop } from "./slot_loop.ts";
import { takeOver } from "./taking_over.ts";

/** Workers of this process. */
export interface Workers {
  /** Looks at a queue at once: a job was just committed. A name of no queue wakes nobody. */
  wake(queue: string): void;
  /** Takes no more jobs, waits for the running ones up to `timeout` ms, then aborts them. */
  stop(timeout: number): Promise<void>;
}

export interface WorkerOptions extends Omit<LoopOptions, "claims"> {
  readonly sql: Sql;
  /** Where it shows that it lives: a pool without a pooler in between. `sql` by default. */
  readonly lockOn?: Sql | undefined;
  /** Another one in each process, 0 to 2^31 - 1; see `sessionName`. */
  readonly worker?: number;
  /** When a worker counts as one that stands still. */
  readonly times?: StandingStill | undefined;
}

export function newWorker(): number {
  return randomInt(2 ** 31);
}

/**
 * Works on every queue with its number of slots. A slow job holds one slot and nobody else: jobs are
 * fetched for the slots that are free, and some ahead where they are quick (see `JobStock`), not in batches
 * that wait for their slowest member. Jobs of a process that died are taken over within a second, whatever
 * killed it; of one that stands still after 12 s.
 */
export function startWorkers(options: WorkerOptions): Workers {
  const { sql, worker = newWorker(), lockOn, times } = options;
  const onTaken = (id: string): void => {
    options.log.warn({ jobId: id }, "a job was taken over while this process stood still");
    for (const loop of loops.values()) loop.abandon(id);
  };
  const claims = createJobClaims(sql, worker, { lockOn, times, onTaken });
  const loops = new Map(
    QUEUE_NAMES.map((queue) => [queue, new SlotLoop(queue, { ...options, claims })]),
  );
  const wake = (queue: string): void => loops.get(queue as QueueName)?.wake();
  const stopping = new AbortController();
  const looking = Promise.all([
    takeOver({ ...options, claims, wake }, stopping.signal),
    watchDueQueues({ ...options, wake }, stopping.signal),
  ]);
  for (const loop of loops.values()) loop.start();
  return {
    wake,
    stop: async (timeout) => {
      await Promise.all(Array.from(loops.values(), (loop) => loop.stop(timeout)));
      stopping.abort();
      await looking;
    },
  };
}
