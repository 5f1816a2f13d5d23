import { setTimeout as sleep } from "node:timers/promises";
import type { JobWithMetadata } from "pg-boss";
import type { Logger } from "pino";
import type { JobDatabase } from "../../db/claimed_fetch.ts";
import type { JobClaims } from "../../db/job_claims.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { repeatUntilDone } from "../repetition.ts";
import type { JobBoard } from "./job_board.ts";
import { JobStock, type TakenJob } from "./job_stock.ts";
import { type Attempt, createReporting } from "./reporting.ts";
import { type Handlers, type JobContext, JobTaken, QUEUES, type QueueName } from "./queues.ts";

/** No more are begun while so many that ended are not reported. */
const MOST_UNREPORTED = 1_000;
/** For a job that was told to stop. */
const LAST_WORDS = 1_000; // ms
/** Whether jobs that were taken ahead wait for too long. */
const BETWEEN_LOOKS = 250; // ms

export interface LoopOptions {
  readonly board: Pick<JobBoard, "boss">;
  readonly handlers: Handlers;
  /** Counts jobs and their time. */
  readonly metrics?: Pick<Metrics, "measure">;
  readonly log: Logger;
  /** Hears of a job whose last attempt failed. */
  readonly onDeath?: () => void;
  readonly claims: JobClaims;
}

/** The slots of one queue. */
export class SlotLoop {
  readonly #queue: QueueName;
  readonly #options: LoopOptions;
  /** Up to the report of their end. */
  readonly #running = new Set<Promise<void>>();
  /** How many of them hold a slot. */
  #busy = 0;
  readonly #stock = new JobStock(() => performance.now());
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
    // Nobody asks what has been done: a row that is deleted costs less than one that is kept for a while.
    this.#complete = createReporting((attempts) => boss.deleteJob(queue, [...attempts]));
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
    this.#stock.remove(id);
    this.#taken.get(id)?.abort(new JobTaken());
  }

  async stop(timeout: number): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#ended;
    await this.#giveBack(this.#stock.clear());
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
    let isCrowded = false;
    while (!this.#stopping.signal.aborted) {
      this.#isWoken = false;
      const wanted = this.#countWanted();
      const jobs: JobWithMetadata[] = wanted > 0 ? await this.#fetch(wanted, isCrowded) : [];
      this.#stock.add(jobs);
      this.#beginAll();
      // A full fetch means that there is probably more.
      if (wanted > 0) isCrowded = jobs.length === wanted;
      if (isCrowded && this.#countWanted() > 0) continue;
      await this.#giveBack(this.#stock.clearStale());
      await this.#rest();
    }
  }

  #countWanted(): number {
    if (this.#running.size - this.#busy > MOST_UNREPORTED) return 0;
    const free = QUEUES[this.#queue].slots - this.#busy;
    return Math.max(0, free - this.#stock.size) + this.#stock.measureLack();
  }

  #beginAll(): void {
    if (this.#stopping.signal.aborted) return;
    while (this.#busy < QUEUES[this.#queue].slots) {
      const taken = this.#stock.next();
      if (!taken) return;
      this.#run(taken);
    }
  }

  async #giveBack(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { claims, log } = this.#options;
    await claims.giveBack(ids).catch((error: unknown) => {
      log.warn({ err: error, queue: this.#queue }, "jobs were not given back yet");
    });
  }

  async #fetch(batchSize: number, isCrowded: boolean): Promise<JobWithMetadata[]> {
    const { board, claims, log } = this.#options;
    const options = { batchSize, includeMetadata: true } as const;
    try {
      const fetch = (db: JobDatabase) => board.boss.fetch<object>(this.#queue, { ...options, db });
      return await claims.take(this.#queue, fetch, isCrowded);
    } catch (error) {
      log.error({ err: error, queue: this.#queue }, "jobs could not be fetched");
      return [];
    }
  }

  /** Until woken, which a slot that is free again does, too. A look is due while jobs wait for a slot. */
  async #rest(): Promise<void> {
    if (this.#isWoken) return;
    const look = this.#stock.size > 0 ? setTimeout(() => this.wake(), BETWEEN_LOOKS) : undefined;
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
    });
    this.#wakeUp = null;
    clearTimeout(look);
  }

  #run({ job, takenAt }: TakenJob): void {
    const taken = new AbortController();
    this.#taken.set(job.id, taken);
    this.#busy += 1;
    const work = () => this.#callHandler(job, this.#signalOf(takenAt, taken.signal));
    const running = this.#handle(job, taken.signal, work).finally(() => {
      this.#running.delete(running);
      // Else it was taken over and came back: then the claim is that of the newer run.
      if (this.#taken.get(job.id) === taken) {
        this.#taken.delete(job.id);
        this.#options.claims.release(job.id);
      }
    });
    this.#running.add(running);
  }

  async #handle(
    job: JobWithMetadata,
    taken: AbortSignal,
    work: () => Promise<void>,
  ): Promise<void> {
    const { board, log, onDeath } = this.#options;
    const attempt = { id: job.id, retryCount: job.retryCount };
    const fields = { queue: this.#queue, jobId: job.id, attempt: job.retryCount + 1 };
    try {
      await work().finally(() => this.#freeSlot());
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

  #freeSlot(): void {
    this.#busy -= 1;
    this.#stock.countEnd();
    this.#beginAll();
    this.wake();
  }

  async #callHandler(job: JobWithMetadata, signal: () => AbortSignal): Promise<void> {
    const { schema } = QUEUES[this.#queue];
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

  /** Made when it is asked for first. The time of the job counts from when it was taken. */
  #signalOf(takenAt: number, taken: AbortSignal): () => AbortSignal {
    const until = takenAt + QUEUES[this.#queue].expireInSeconds * 1000;
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
