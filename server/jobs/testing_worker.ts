/**
 * A worker in a process of its own, for tests and benchmarks that kill it:
 * `node testing_worker.ts <databaseUrl> <hang|die|send> [apiRoot] [token]`.
 * `hang`: tells of every job that starts and never ends it. `die`: kills itself with the first job.
 * `send`: delivers notifications to a Telegram. Tells what happens as lines of JSON.
 */
import { flushCompileCache } from "node:module";
import { pino } from "pino";
import { createSendingApi } from "../../bot/outgoing.ts";
import { connect } from "../../db/pools.ts";
import { createNotificationSending } from "../delivery.ts";
import { newId } from "../new_id.ts";
import { createAsActor } from "../services/work.ts";
import { startJobBoard } from "./job_board.ts";
import { type Handlers, QUEUE_NAMES } from "./queues.ts";
import { startWorkers } from "./slot_loop.ts";
import { createTelegramNotify } from "./telegram_notify.ts";

const [url = "", mode = "", apiRoot = "", token = ""] = process.argv.slice(2);
const log = pino({ level: "silent" });
const sql = connect({ url, max: 8, applicationName: "testing worker", log });
const board = await startJobBoard({ url, log, supervises: false });

function tell(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function stuckHandlers(): Handlers {
  const entries = QUEUE_NAMES.map((queue) => [
    queue,
    async (payload: object, { attempt }: { attempt: number }) => {
      if (mode === "die") process.kill(process.pid, "SIGKILL");
      tell({ event: "started", queue, payload, attempt });
      await new Promise(() => undefined);
    },
  ]);
  return Object.fromEntries(entries) as Handlers;
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

startWorkers({ sql, board, log, handlers: mode === "send" ? sendingHandlers() : stuckHandlers() });
// Who is killed leaves nothing to the next.
flushCompileCache();
tell({ event: "ready" });
