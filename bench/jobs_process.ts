/**
 * The working side of one engine of queues, in a process of its own: `node jobs_process.ts <engine>`.
 * A job's body inserts one row; a job with a number of PROBES or more tells on stdout when it began.
 */
import { pino } from "pino";
import postgres from "postgres";
import { connect } from "../db/pools.ts";
import { createHearing } from "../server/hearing.ts";
import { hearJobCalls } from "../server/jobs/job_calls.ts";
import { startJobBoard } from "../server/jobs/job_board.ts";
import { type Handlers, QUEUE_NAMES } from "../server/jobs/queues.ts";
import { startWorkers } from "../server/jobs/job_workers.ts";

/** Jobs of this number and above are timed instead of run. */
const PROBES = 1_000_000;
/** As many at once in every engine. */
const CONCURRENCY = 40;
const CONNECTIONS = 8;

const engine = process.argv[2] ?? "";
const url = process.env["DATABASE_URL"] ?? "";
const log = pino({ level: "fatal" }, pino.destination(2));
const own = postgres(url, {
  max: CONNECTIONS,
  connection: { application_name: `bench body ${engine}` },
  onnotice: () => undefined,
});

async function work(number: number): Promise<void> {
  const at = performance.timeOrigin + performance.now();
  if (number >= PROBES) process.stdout.write(`${number} ${at}\n`);
  else await own`insert into bench_effects (engine, number) values (${engine}, ${number})`;
}

async function startOurs(): Promise<void> {
  const sql = connect({ url, max: CONNECTIONS, applicationName: "bench ours", log });
  const board = await startJobBoard({ url, log, supervises: true });
  const idle = async (): Promise<void> => undefined;
  const handlers = {
    ...Object.fromEntries(QUEUE_NAMES.map((queue) => [queue, idle])),
    "telegram.notify": ({ telegramId }: { telegramId: number }) => work(telegramId),
    // The urgent one carries its number where an id stands: its last twelve digits.
    "document.render": ({ documentId }: { documentId: string }) =>
      work(Number(documentId.slice(-12))),
  } as unknown as Handlers;
  const workers = startWorkers({ sql, board, handlers, log });
  hearJobCalls(createHearing({ url, log }), (queue) => workers.wake(queue));
}

async function startBullmq(): Promise<void> {
  const { Worker } = await import("bullmq");
  const connection = { host: "127.0.0.1", port: Number(process.env["REDIS_PORT"]) };
  const worker = new Worker<{ number: number }>("bench", ({ data }) => work(data.number), {
    connection,
    concurrency: CONCURRENCY,
  });
  worker.on("error", (error) => log.error({ err: error }, "bullmq"));
  await worker.waitUntilReady();
}

async function startGraphile(): Promise<void> {
  const { Logger, run } = await import("graphile-worker");
  await run({
    preset: {
      worker: {
        connectionString: url,
        concurrentJobs: CONCURRENCY,
        maxPoolSize: CONNECTIONS,
        localQueue: { size: 200 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        logger: new Logger(() => () => undefined),
      },
    },
    noHandleSignals: true,
    taskList: { bench: (payload) => work((payload as { number: number }).number) },
  });
}

/** What any queue in PostgreSQL has to do: hear, claim one row past the locked ones. */
async function startRaw(): Promise<void> {
  const claim = async (): Promise<void> => {
    const [row] = await own<{ number: number }[]>`
      delete from bench_raw
      where number = (select number from bench_raw order by number limit 1 for update skip locked)
      returning number
    `;
    if (row) await work(row.number);
  };
  await own.listen("bench_raw", () => void claim());
}

async function startBodies(): Promise<void> {
  await own.listen("bench_bodies", (payload) => {
    const [first = 0, count = 0] = payload.split(" ").map(Number);
    let next = first;
    const run = async (): Promise<void> => {
      while (next < first + count) await work(next++);
    };
    for (let slot = 0; slot < CONCURRENCY; slot += 1) void run();
  });
}

const ENGINES: Readonly<Record<string, () => Promise<void>>> = {
  ours: startOurs,
  bullmq: startBullmq,
  graphile: startGraphile,
  raw: startRaw,
  bodies: startBodies,
};
await ENGINES[engine]?.();
process.stdout.write("ready\n");
process.on("SIGTERM", () => process.exit(0));
