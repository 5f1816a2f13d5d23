import { setTimeout as sleep } from "node:timers/promises";
import type { JobWithMetadata } from "pg-boss";
import type { Logger } from "pino";
import { z } from "zod";
import type { Transaction } from "../../db/client.ts";
import { inTransaction } from "../../db/transactions.ts";
import { insertDeadLetter } from "../../db/dead_letters.ts";
import { findEstimate } from "../../db/estimates.ts";
import { enterCompany } from "../../db/updates.ts";
import { idSchema } from "../../domain/ids.ts";
import { cutText } from "../../domain/text.ts";
import { companyScope, type WorkDependencies } from "../services/work.ts";
import { type JobBoard, queryIn } from "./job_board.ts";
import { DEAD_LETTERS, type QueueName } from "./queues.ts";

const BETWEEN_LOOKS = 2_000; // ms
const MAX_REASON = 500;

const ownedSchema = z.looseObject({ companyId: idSchema, estimateId: idSchema.optional() });
const outputSchema = z.looseObject({ message: z.string() });

export interface DeadLetters {
  /** Looks at once: a job has just died. */
  wake(): void;
  start(): void;
  stop(): Promise<void>;
}

/**
 * Brings jobs that were given up to the company that they were for: a row that can be driven again and
 * a notification, in the transaction that takes the job out of its queue. So each is told once, also
 * when the process dies in between.
 */
export function createDeadLetters(
  dependencies: Omit<WorkDependencies, "crm"> & { board: JobBoard; log: Logger },
): DeadLetters {
  const { sql, board, log, clock, newId, onCommitted } = dependencies;
  const stopping = new AbortController();
  let waking = new AbortController();
  let looking: Promise<void> = Promise.resolve();

  /** False when there was none. */
  async function takeNext(): Promise<boolean> {
    const queues = new Set<QueueName>();
    const isFound = await inTransaction(sql, async (tx) => {
      const db = queryIn(tx);
      const options = { batchSize: 1, includeMetadata: true, db } as const;
      const [job] = await board.boss.fetch<object>(DEAD_LETTERS, options);
      if (!job) return false;
      await board.boss.complete(DEAD_LETTERS, job.id, null, { db });
      await record(tx, job, queues);
      return true;
    });
    onCommitted(queues);
    return isFound;
  }

  async function record(
    tx: Transaction,
    job: JobWithMetadata,
    queues: Set<QueueName>,
  ): Promise<void> {
    const queue = job.sourceName ?? "";
    const owned = ownedSchema.safeParse(job.data);
    log.error({ queue, jobId: job.sourceId }, "a job was given up");
    // Work for everybody comes again by its schedule.
    if (!owned.success) return;
    const { companyId, estimateId } = owned.data;
    await enterCompany(tx, companyId);
    const { message } = outputSchema.safeParse(job.sourceOutput).data ?? { message: "" };
    const id = newId();
    const reason = cutText(message, MAX_REASON);
    await insertDeadLetter(tx, companyId, {
      id,
      queue,
      payload: job.data,
      reason,
      diedAt: clock(),
    });
    const { notify } = companyScope(dependencies, tx, { companyId }, queues);
    const estimate =
      estimateId === undefined ? null : await findEstimate(tx, companyId, estimateId);
    const content = { deadLetterId: id, queue, number: estimate?.number ?? null };
    await notify("dead_letter", content, { to: { roles: ["owner", "manager"] }, by: null });
  }

  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      try {
        while (!stopping.signal.aborted && (await takeNext()));
      } catch (error) {
        log.error({ err: error }, "could not look for jobs that were given up");
      }
      const signal = AbortSignal.any([stopping.signal, waking.signal]);
      await sleep(BETWEEN_LOOKS, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    wake: () => waking.abort(),
    start: () => {
      looking = look();
    },
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
}
