import type { Logger } from "pino";
import type { JobClaims } from "../../db/job_claims.ts";
import { HeldBatch } from "./held_batch.ts";
import type { Job } from "./job_stock.ts";
import type { QueueName } from "./queues.ts";

/** Transactions that are open at once, each on a connection of its own. */
const MOST_OPEN = 3;

export interface HoldingOptions {
  readonly claims: Pick<JobClaims, "hold">;
  readonly log: Logger;
  /** Hears of jobs that wait again for anybody, because their transaction was lost. */
  readonly onLost: (batch: HeldBatch) => void;
}

/** The jobs of one queue that this process holds in open transactions: see `holdJobs`. */
export class Holding {
  readonly #queue: QueueName;
  readonly #options: HoldingOptions;
  readonly #open = new Set<Promise<void>>();

  constructor(queue: QueueName, options: HoldingOptions) {
    this.#queue = queue;
    this.#options = options;
  }

  get hasRoom(): boolean {
    return this.#open.size < MOST_OPEN;
  }

  /** Takes up to `limit` jobs, hands them on and resolves with their number: 0 where none could be taken. */
  async take(
    limit: number,
    onTaken: (jobs: readonly Job[], batch: HeldBatch) => void,
  ): Promise<number> {
    const taken = Promise.withResolvers<number>();
    const open = this.#hold(limit, (jobs, batch) => {
      onTaken(jobs, batch);
      taken.resolve(jobs.length);
    }).finally(() => {
      this.#open.delete(open);
      taken.resolve(0);
    });
    this.#open.add(open);
    return taken.promise;
  }

  /** Resolves when all transactions that are open now have ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #hold(
    limit: number,
    onTaken: (jobs: readonly Job[], batch: HeldBatch) => void,
  ): Promise<void> {
    const { claims, log, onLost } = this.#options;
    const batches: HeldBatch[] = [];
    try {
      await claims.hold(this.#queue, limit, async (jobs) => {
        const batch = new HeldBatch(jobs);
        batches.push(batch);
        onTaken(jobs, batch);
        return batch.left;
      });
      for (const batch of batches) batch.finish(true);
    } catch (error) {
      log.error({ err: error, queue: this.#queue }, "jobs could not be held");
      for (const batch of batches) {
        batch.finish(false);
        onLost(batch);
      }
    }
  }
}
