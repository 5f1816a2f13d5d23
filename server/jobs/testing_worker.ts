/**
 * A worker in a process of its own, for tests and benchmarks that kill it:
 * `node testing_worker.ts <databaseUrl> <hang|die|hold|send> [apiRoot] [token]`.
 * `hang`: tells of every job that starts and never ends it. `die`: kills itself with the first job.
 * `hold`: as `hang`, with a lock in a transaction, and tells when its job is taken away.
 * `send`: delivers notifications to a Telegram. Tells what happens as lines of JSON.
 */
import { flushCompileCache } from "node:module";
import { pino } from "pino";
import { createSendingApi } from "../../bot/outgoing.ts";
import { sessionName } from "../../db/frozen_workers.ts";
import { connect } from "../../db/pools.ts";
import { inTransaction } from "../../db/transactions.ts";
import { createNotificationSending } from "../delivery.ts";
import { newId } from "../new_id.ts";
import { createAsActor } from "../services/work.ts";
import { startJobBoard } from "./job_board.ts";
import { type Handlers, type JobContext, JobTaken, QUEUE_NAMES } from "./queues.ts";
import { newWorker, startWorkers } from "./job_workers.ts";
import { createTelegramNotify } from "./telegram_notify.ts";

const [url = "", mode = "", apiRoot = "", token = ""] = process.argv.slice(2);
const log = pino({ level: "silent" });
const worker = newWorker();
const applicationName = sessionName("testing worker", worker);
const sql = connect({ url, max: 8, applicationName, log });
const board = await startJobBoard({ url, log, supervises: false });

function tell(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function stuckHandlers(): Handlers {
  const entries = QUEUE_NAMES.map((queue) => [
    queue,
    async (payload: object, { attempt, signal }: JobContext) => {
      if (mode === "die") process.kill(process.pid, "SIGKILL");
      if (mode === "hold") return hold({ queue, attempt }, signal);
      tell({ event: "started", queue, payload, attempt });
      await new Promise(() => undefined);
    },
  ]);
  return Object.fromEntries(entries) as Handlers;
}

/** Keeps a row locked, and tries to commit when its job was taken away. */
async function hold(job: object, signal: AbortSignal): Promise<void> {
  const taken = new Promise((resolve) => signal.addEventListener("abort", resolve));
  const outcome = await inTransaction(sql, async (tx) => {
    await tx`insert into rate_limits (key, tokens, refilled_at) values ('held', 1, now())`;
    tell({ event: "started", ...job });
    await taken;
  }).then(
    () => "committed",
    () => "rolled back",
  );
  await taken;
  const reason = signal.reason instanceof JobTaken ? "taken" : "another";
  tell({ event: "ended", outcome, reason });
}

function sendingHandlers(): Handlers {
  const work = { sql, board, onCommitted: () => undefined, clock: () => new Date(), newId };
  const api = createSendingApi({ token, apiRoot });
  const notify = createTelegramNotify({
    sql,
    botId: Number(token.split(":")[0]),
    send: createNotificationSending({ api, sql, asActor: createAsActor(work) }),
    log,
  });
  notify.start();
  // Nothing is put into the other queues.
  return { "telegram.notify": notify.handle } as unknown as Handlers;
}

const handlers = mode === "send" ? sendingHandlers() : stuckHandlers();
startWorkers({ sql, board, log, worker, handlers });
// Who is killed leaves nothing to the next.
flushCompileCache();
tell({ event: "ready" });
