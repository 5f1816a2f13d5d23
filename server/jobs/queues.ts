import { z } from "zod";
import { idSchema } from "../../domain/ids.ts";

interface QueueRules {
  /** How many jobs of this queue one process runs at once. */
  readonly slots: number;
  /** `short`: one waiting job per singleton key. */
  readonly policy?: "standard" | "short";
  /** Seconds after which a running job counts as dead, if it was not reported before. */
  readonly expireInSeconds: number;
  /**
   * Its jobs may be held in open transactions: they take a moment, wait for nobody, and add none of their own
   * queue, which would wait for the transaction that holds them.
   */
  readonly isHeld?: boolean;
}

function queue<Schema extends z.ZodType<object>>(schema: Schema, rules: QueueRules) {
  return { schema, ...rules };
}

/** Every queue with what its jobs carry: ids, never data. */
export const QUEUES = {
  /** Renders a document that was ordered and sends it to the chat. */
  "document.render": queue(z.strictObject({ companyId: idSchema, documentId: idSchema }), {
    slots: 2,
    expireInSeconds: 120,
  }),
  /** Wakes those who send: something waits for a chat. */
  "telegram.notify": queue(z.strictObject({ telegramId: z.int() }), {
    slots: 40,
    policy: "short",
    expireInSeconds: 60,
    isHeld: true,
  }),
  /** Writes a list of the manager's page into a file. */
  "manager.export": queue(z.strictObject({ companyId: idSchema, exportId: idSchema }), {
    slots: 1,
    expireInSeconds: 300,
  }),
  /** Forgets what has had its time. */
  "retention.daily": queue(z.strictObject({}), {
    slots: 1,
    policy: "short",
    expireInSeconds: 900,
  }),
  /** Learns the company's prices from an estimate that changed. */
  "catalogue.learn": queue(z.strictObject({ companyId: idSchema, estimateId: idSchema }), {
    slots: 2,
    policy: "short",
    expireInSeconds: 60,
  }),
  /** Tries what an owner entered to connect a CRM, and answers in the chat. */
  "crm.connect": queue(z.strictObject({ companyId: idSchema, draftId: idSchema }), {
    slots: 2,
    expireInSeconds: 240,
  }),
  /** Reads the CRM's pipelines again and looks after its webhooks. */
  "crm.check": queue(z.strictObject({ companyId: idSchema, connectionId: idSchema }), {
    slots: 2,
    policy: "short",
    expireInSeconds: 240,
  }),
  /** Reads what is new in a CRM; `isFull`: everything. */
  "crm.sync": queue(
    z.strictObject({ companyId: idSchema, connectionId: idSchema, isFull: z.boolean().optional() }),
    { slots: 2, policy: "short", expireInSeconds: 240 },
  ),
  /** Makes the deal of an approved estimate, or brings it up to date. */
  "crm.push": queue(
    z.strictObject({ companyId: idSchema, connectionId: idSchema, estimateId: idSchema }),
    { slots: 4, policy: "short", expireInSeconds: 300 },
  ),
  /** Reads the records that webhooks of a CRM were about. */
  "crm.webhook": queue(z.strictObject({ companyId: idSchema, connectionId: idSchema }), {
    slots: 4,
    policy: "short",
    expireInSeconds: 300,
  }),
  /** Starts the scans and the checks of all connections. */
  "crm.hourly": queue(z.strictObject({}), { slots: 1, policy: "short", expireInSeconds: 900 }),
  /** Drops old months of the log of calls, and what nobody needs any more. */
  "crm.daily": queue(z.strictObject({}), { slots: 1, policy: "short", expireInSeconds: 300 }),
  /** Reminds people of what waits, by each company's time. */
  "reminders.hourly": queue(z.strictObject({}), {
    slots: 1,
    policy: "short",
    expireInSeconds: 900,
  }),
} as const;

/** Where a job goes when its last attempt failed. It stays there until the owner drives it again. */
export const DEAD_LETTERS = "dead.letters";

export type QueueName = keyof typeof QUEUES;
export type Payload<Queue extends QueueName> = z.output<(typeof QUEUES)[Queue]["schema"]>;

export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];

export interface EnqueueOptions {
  /** While a job with this key waits, another one is not added. */
  readonly singletonKey?: string;
  /** Seconds to wait before the job may start. */
  readonly startAfter?: number;
}

/** Adds a job inside the transaction that it was made for: no job without its change. */
export type Enqueue = <Queue extends QueueName>(
  queue: Queue,
  payload: Payload<Queue>,
  options?: EnqueueOptions,
) => Promise<void>;

/** Why a job should end that another process works on now: nothing may be written or told any more. */
export class JobTaken extends Error {
  constructor() {
    super("another process works on the job now");
    this.name = "JobTaken";
  }
}

export interface JobContext {
  /** Aborted when the program stops, the job's time is over or another process took it (`JobTaken`). */
  readonly signal: AbortSignal;
  /** From 1. The last attempt may tell the person that it failed. */
  readonly attempt: number;
  readonly isLastAttempt: boolean;
}

/** One function per queue. Jobs are idempotent: any of them may run again after a crash. */
export type Handlers = {
  readonly [Queue in QueueName]: (payload: Payload<Queue>, context: JobContext) => Promise<void>;
};
