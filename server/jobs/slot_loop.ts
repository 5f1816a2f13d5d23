import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { JobWithMetadata } from "pg-boss";
import type { Logger } from "pino";
import type { Sql } from "../../db/client.ts";
import { createJobClaims, type JobClaims, type StandingStill } from "../../db/job_claims.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { watchDueQueues } from "./due_queues.ts";
import { repeatUntilDone } from "../repetition.ts";
import type { JobBoard } from "./job_board.ts";
import { type Attempt, createReporting } from "./reporting.ts";
import { takeOver } from "./taking_over.ts";
import {
  type Handlers,
  type JobContext,
  JobTaken,
  QUEUE_NAMES,
  QUEUES,
  type QueueName,
} from "./queues.ts";

/** For a job that was told to stop. */
const LAST_WORDS = 1_000; // ms

/** Workers of this process. */
export interface Workers {
  /** Looks at a queue at once: a job was just committed. A name of no queue wakes nobody. */
  wake(queue: string): void;
  /** Takes no more jobs, waits for the running ones up to `timeout` ms, then aborts them. */
  stop(timeout: number): Promise<void>;
}

export interface WorkerOptions {
  readonly sql: Sql;
  readonly board: Pick<JobBoard, "boss">;
  readonly handlers: Handlers;
  /** Counts jobs and their time. */
  readonly metrics?: Pick<Metrics, "measure">;
  readonly log: Logger;
  /** Where it shows that it lives: a pool without a pooler in between. `sql` by default. */
  readonly lockOn?: Sql | undefined;
  /** Another one in each process, 0 to 2^31 - 1; see `sessionName`. */
  readonly worker?: number;
  /** When a worker counts as one that stands still. */
  readonly times?: StandingStill | undefined;
  /** Hears of a job whose last attempt failed. */
  readonly onDeath?: () => void;
}

export function newWorker(): number {
  return randomInt(2 ** 31);
}

/**
 * Works on every queue with its number of slots. A slow job holds one slot and nobody else: jobs are
 * fetched for the slots that are free, not in batches that wait for their slowest member. Jobs of a
 * process that died are taken over within a second, whatever killed it; of one that stands still after 12 s.
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

type LoopOptions = WorkerOptions & { readonly claims: JobClaims };

class SlotLoop {
  readonly #queue: QueueName;
  readonly #options: LoopOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #taken = new Map<string, AbortController>();
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  readonly #complete: (attempt: Attempt) => Promise<void>;
  #wakeUp: (() => void) | null = null;
  #isWoken = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(queue: QueueName, options: LoopOptions) {
    this.#queue = queue;
    this.#options = options;
    const { boss } = options.board;
    this.#complete = createReporting((attempts) => boss.complete(queue, [...attempts]));
  }

  start(): void {
    this.#ended = this.#loop();
  }

  wake(): void {
    this.#isWoken = true;
    this.#wakeUp?.();
  }

  /** Somebody else works on it now: whatever it still does here should end. */
  abandon(id: string): void {
    this.#taken.get(id)?.abort(new JobTaken());
  }

  async stop(timeout: number): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#ended;
    await this.#idle(timeout);
    this.#aborting.abort();
    // What they hold for themselves alone is let go, and their failure is told.
    await this.#idle(LAST_WORDS);
  }

  /** Resolves when nothing runs any more, or after `timeout` ms. */
  async #idle(timeout: number): Promise<void> {
    const running = Promise.all(this.#running);
    await Promise.race([running, sleep(timeout, undefined, { ref: false })]);
  }

  async #loop(): Promise<void> {
    const { slots } = QUEUES[this.#queue];
    while (!this.#stopping.signal.aborted) {
      this.#isWoken = false;
      const free = slots - this.#running.size;
      const jobs = free > 0 ? await this.#fetch(free) : [];
      for (const job of jobs) this.#run(job);
      // A full fetch means that there is probably more.
      if (jobs.length === free && free > 0 && this.#running.size < slots) continue;
      await this.#rest();
    }
  }

  async #fetch(batchSize: number): Promise<JobWithMetadata[]> {
    const { board, claims, log } = this.#options;
    const options = { batchSize, includeMetadata: true } as const;
    try {
      return await claims.take(this.#queue, (db) =>
        board.boss.fetch<object>(this.#queue, { ...options, db }),
      );
    } catch (error) {
      log.error({ err: error, queue: this.#queue }, "jobs could not be fetched");
      return [];
    }
  }

  /** Until woken, which a slot that is free again does, too. */
  async #rest(): Promise<void> {
    if (this.#isWoken) return;
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
    });
    this.#wakeUp = null;
  }

  #run(job: JobWithMetadata): void {
    const taken = new AbortController();
    this.#taken.set(job.id, taken);
    const running = this.#handle(job, taken.signal).finally(() => {
      this.#running.delete(running);
      // Else it was taken over and came back: then the claim is that of the newer run.
      if (this.#taken.get(job.id) === taken) {
        this.#taken.delete(job.id);
        this.#options.claims.release(job.id);
      }
      this.wake();
    });
    this.#running.add(running);
  }

  async #handle(job: JobWithMetadata, taken: AbortSignal): Promise<void> {
    const { board, log, onDeath } = this.#options;
    const attempt = { id: job.id, retryCount: job.retryCount };
    const fields = { queue: this.#queue, jobId: job.id, attempt: job.retryCount + 1 };
    try {
      await this.#callHandler(job, taken);
    } catch (error) {
      if (taken.aborted) return;
      log.error({ ...fields, err: error }, "job failed");
      const reason = { message: error instanceof Error ? error.message : String(error) };
      await this.#settle(fields, () => board.boss.fail(this.#queue, attempt, reason));
      if (job.retryCount >= job.retryLimit) onDeath?.();
      return;
    }
    await this.#settle(fields, () => this.#complete(attempt));
  }

  async #callHandler(job: JobWithMetadata, taken: AbortSignal): Promise<void> {
    const { schema } = QUEUES[this.#queue];
    const signal = this.#signalOf(taken);
    const context: JobContext = {
      // Most jobs are short and look at none.
      get signal() {
        return signal();
      },
      attempt: job.retryCount + 1,
      isLastAttempt: job.retryCount >= job.retryLimit,
    };
    // The queue's own schema read the payload that the queue's own handler takes.
    const handler = this.#options.handlers[this.#queue] as (
      payload: object,
      context: JobContext,
    ) => Promise<void>;
    const work = () => handler(schema.parse(job.data), context);
    const { metrics } = this.#options;
    await (metrics ? metrics.measure({ kind: "job", name: this.#queue }, work) : work());
  }

  /** Made when it is asked for first. The time of the job counts from now. */
  #signalOf(taken: AbortSignal): () => AbortSignal {
    const until = performance.now() + QUEUES[this.#queue].expireInSeconds * 1000;
    let signal: AbortSignal | null = null;
    const make = (): AbortSignal => {
      const left = Math.max(0, Math.round(until - performance.now()));
      return AbortSignal.any([this.#aborting.signal, taken, AbortSignal.timeout(left)]);
    };
    return () => (signal ??= make());
  }

  /**
   * Tells how the job ended, again and again while the database is away: unreported it would wait for its
   * expiry and run once more, which handlers are made for.
   */
  async #settle(fields: object, report: () => Promise<unknown>): Promise<void> {
    const { expireInSeconds } = QUEUES[this.#queue];
    await repeatUntilDone(report, {
      patience: () =>
        AbortSignal.any([this.#aborting.signal, AbortSignal.timeout(expireInSeconds * 1000)]),
      onFailure: (err, isLast) => {
        this.#options.log[isLast ? "error" : "warn"](
          { ...fields, err },
          "job could not be reported",
        );
      },
    });
  }
}
