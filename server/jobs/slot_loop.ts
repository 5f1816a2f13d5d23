import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { JobDatabase } from "../../db/claimed_fetch.ts";
import type { JobClaims } from "../../db/job_claims.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { repeatUntilDone } from "../repetition.ts";
import type { JobBoard } from "./job_board.ts";
import type { HeldBatch, HeldOutcome } from "./held_batch.ts";
import { Holding } from "./holding.ts";
import { JobRun } from "./job_run.ts";
import { type Job, JobStock, type TakenJob } from "./job_stock.ts";
import { type Attempt, createReporting } from "./reporting.ts";
import { type Handlers, type JobContext, QUEUES, type QueueName } from "./queues.ts";

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

interface Failure {
  readonly thrown: unknown;
}

/** Nothing is left to be told of it. */
function isGone(outcome: HeldOutcome): boolean {
  return outcome === "deleted" || outcome === "lost";
}

/** The slots of one queue. */
export class SlotLoop {
  readonly #queue: QueueName;
  readonly #options: LoopOptions;
  /** Up to the report of their end. */
  readonly #running = new Map<JobRun, Promise<void>>();
  /** How many of them hold a slot. */
  #busy = 0;
  readonly #stock: JobStock;
  readonly #holding: Holding;
  readonly #runs = new Map<string, JobRun>();
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  readonly #complete: (attempt: Attempt) => Promise<void>;
  #wakeUp: (() => void) | null = null;
  #isWoken = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(queue: QueueName, options: LoopOptions) {
    this.#queue = queue;
    this.#options = options;
    this.#stock = new JobStock(() => performance.now(), QUEUES[queue].slots);
    this.#holding = new Holding(queue, { ...options, onLost: (batch) => this.#stock.drop(batch) });
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
    this.#runs.get(id)?.take();
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
    const running = Promise.all([...this.#running.values(), this.#holding.settled()]);
    await Promise.race([running, sleep(timeout, undefined, { ref: false })]);
  }

  async #loop(): Promise<void> {
    let isCrowded = false;
    while (!this.#stopping.signal.aborted) {
      this.#isWoken = false;
      const wanted = this.#countWanted();
      // A full fetch means that there is probably more.
      if (wanted > 0) isCrowded = (await this.#take(wanted, isCrowded)) === wanted;
      this.#beginAll();
      if (isCrowded && this.#countWanted() > 0) continue;
      await this.#giveBack(this.#stock.clearStale());
      await this.#rest();
    }
  }

  #countWanted(): number {
    if (this.#running.size - this.#busy > MOST_UNREPORTED) return 0;
    const free = QUEUES[this.#queue].slots - this.#busy;
    return Math.max(0, free - this.#stock.size) + this.#stock.measureLack(free === 0);
  }

  #beginAll(): void {
    if (this.#stopping.signal.aborted) return;
    while (this.#busy < QUEUES[this.#queue].slots) {
      const taken = this.#stock.next();
      if (!taken) return;
      this.#run(taken);
    }
  }

  async #giveBack(unbegun: readonly TakenJob[]): Promise<void> {
    if (unbegun.length === 0) return;
    const outcomes = unbegun.map(async ({ job, batch }) => {
      const isClaimed = !batch || (await batch.giveBack(job.id)) === "claimed";
      return isClaimed ? [job.id] : [];
    });
    const ids = (await Promise.all(outcomes)).flat();
    if (ids.length === 0) return;
    const { claims, log } = this.#options;
    await claims.giveBack(ids).catch((error: unknown) => {
      log.warn({ err: error, queue: this.#queue }, "jobs were not given back yet");
    });
  }

  /** Takes jobs into the stock. Resolves with their number. */
  async #take(limit: number, isCrowded: boolean): Promise<number> {
    const { isHeld = false, slots } = QUEUES[this.#queue];
    if (isHeld && this.#stock.isQuick(this.#busy >= slots) && this.#holding.hasRoom) {
      return this.#holding.take(limit, (jobs, batch) => this.#stock.add(jobs, batch));
    }
    const jobs = await this.#fetch(limit, isCrowded);
    this.#stock.add(jobs, null);
    return jobs.length;
  }

  async #fetch(batchSize: number, isCrowded: boolean): Promise<Job[]> {
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

  #run({ job, takenAt, batch }: TakenJob): void {
    const run = new JobRun({
      attempt: job.retryCount + 1,
      isLastAttempt: job.retryCount >= job.retryLimit,
      stopping: this.#aborting.signal,
      // From when it was taken.
      until: takenAt + QUEUES[this.#queue].expireInSeconds * 1000,
    });
    this.#runs.set(job.id, run);
    batch?.begin(run);
    this.#busy += 1;
    this.#running.set(run, this.#handle(job, run, batch));
  }

  #forget(job: Job, run: JobRun): void {
    this.#running.delete(run);
    if (this.#running.size - this.#busy === MOST_UNREPORTED) this.wake();
    // Else it was taken over and came back: this is the newer run's.
    if (this.#runs.get(job.id) === run) this.#runs.delete(job.id);
  }

  /** Resolves when the queue knows how it ended. */
  async #handle(job: Job, run: JobRun, batch: HeldBatch | null): Promise<void> {
    const begun = performance.now();
    let failure: Failure | null = null;
    try {
      await this.#callHandler(job, run);
    } catch (thrown) {
      failure = { thrown };
    }
    this.#freeSlot(performance.now() - begun);
    try {
      // Mostly it was held and is gone with its transaction.
      const isOver = !failure && batch && isGone(await batch.end(job.id));
      if (!isOver) await this.#report(job, run, { batch, failure });
    } finally {
      this.#forget(job, run);
    }
  }

  async #report(
    job: Job,
    run: JobRun,
    { batch, failure }: { batch: HeldBatch | null; failure: Failure | null },
  ): Promise<void> {
    if (failure && run.isTaken) return;
    const fields = { queue: this.#queue, jobId: job.id, attempt: run.attempt };
    if (failure) {
      this.#options.log.error({ ...fields, err: failure.thrown }, "job failed");
      if (batch && isGone(await batch.fail(job.id))) return;
      await this.#fail(job, fields, failure.thrown);
    } else {
      const attempt = { id: job.id, retryCount: job.retryCount };
      await this.#settle(fields, () => this.#complete(attempt));
    }
    if (!run.isTaken) this.#options.claims.release(job.id);
  }

  async #fail({ id, retryCount, retryLimit }: Job, fields: object, thrown: unknown): Promise<void> {
    const { board, onDeath } = this.#options;
    const reason = { message: thrown instanceof Error ? thrown.message : String(thrown) };
    await this.#settle(fields, () => board.boss.fail(this.#queue, { id, retryCount }, reason));
    if (retryCount >= retryLimit) onDeath?.();
  }

  #freeSlot(time: number): void {
    this.#busy -= 1;
    this.#stock.countEnd(time);
    this.#beginAll();
    // A turn of the loop costs as much as a small job.
    if (this.#countWanted() > 0) this.wake();
  }

  async #callHandler(job: Job, run: JobRun): Promise<void> {
    const { schema } = QUEUES[this.#queue];
    // The queue's own schema read the payload that the queue's own handler takes.
    const handler = this.#options.handlers[this.#queue] as (
      payload: object,
      context: JobContext,
    ) => Promise<void>;
    const work = () => handler(schema.parse(job.data), run);
    const { metrics } = this.#options;
    await (metrics ? metrics.measure({ kind: "job", name: this.#queue }, work) : work());
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
