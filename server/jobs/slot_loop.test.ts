import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../testing.ts";
import { startWorkers, type Workers } from "./job_workers.ts";
import { type Handlers, type JobContext, QUEUE_NAMES } from "./queues.ts";

const log = pino({ level: "silent" });
const QUICK = 3_000;
const SLOTS = 40;

let work: TestWork;
/** Every beginning of a job: its number and the attempt. */
let begun: { number: number; attempt: number }[] = [];

beforeAll(async () => {
  work = await createTestWork();
});

afterAll(() => work.close());

beforeEach(async () => {
  begun = [];
  await work.database.sql`delete from pgboss.job`;
});

/** Workers whose jobs are over at once, and those from number QUICK on when `gate` opens. */
function startGated(gate: Promise<void>): Workers {
  const notify = async ({ telegramId }: { telegramId: number }, context: JobContext) => {
    begun.push({ number: telegramId, attempt: context.attempt });
    if (telegramId < QUICK) return;
    const { signal } = context;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    await Promise.race([gate, aborted]);
    signal.throwIfAborted();
  };
  const handlers = {
    ...Object.fromEntries(QUEUE_NAMES.map((queue) => [queue, async () => undefined])),
    "telegram.notify": notify,
  } as unknown as Handlers;
  return startWorkers({ sql: work.database.sql, board: work.board, handlers, log });
}

async function add(from: number, to: number): Promise<void> {
  const jobs = Array.from({ length: to - from }, (_, index) => ({
    data: { telegramId: from + index },
    singletonKey: String(from + index),
  }));
  await work.board.boss.insert("telegram.notify", jobs);
}

/** Jobs that wait and had begun for nobody. */
async function countGivenBack(): Promise<number> {
  const [row] = await work.database.sql`
    select count(*)::int as found
    from pgboss.job
    where name = 'telegram.notify' and state = 'retry' and retry_count = 0 and started_on is null
  `;
  return Number(row?.["found"]);
}

const untilAllWait = () =>
  expect
    .poll(() => begun.filter(({ number }) => number >= QUICK).length, { timeout: 20_000 })
    .toBe(SLOTS);

it("jobs that were taken ahead go to others when those before them stall", async () => {
  const gate = Promise.withResolvers<void>();
  await add(0, QUICK);
  await add(QUICK, QUICK + 600);
  const stalled = startGated(gate.promise);
  await untilAllWait();
  await expect.poll(countGivenBack, { timeout: 20_000 }).toBeGreaterThan(0);
  const other = startGated(Promise.resolve());
  await expect.poll(() => begun.length, { timeout: 20_000 }).toBe(QUICK + 600);
  gate.resolve();
  await Promise.all([stalled.stop(5_000), other.stop(5_000)]);
  expect(new Set(begun.map(({ number }) => number)).size).toBe(QUICK + 600);
  expect(begun.filter(({ attempt }) => attempt !== 1)).toEqual([]);
  expect(await work.database.sql`select id from pgboss.job where name = 'telegram.notify'`).toEqual(
    [],
  );
  expect(await work.database.sql`select job_id from job_claims`).toEqual([]);
});

it("jobs that were taken ahead wait again when their process stops, and no attempt is lost", async () => {
  const gate = Promise.withResolvers<void>();
  await add(0, QUICK);
  await add(QUICK, QUICK + 600);
  const stopping = startGated(gate.promise);
  await untilAllWait();
  await stopping.stop(0);
  // Held ones were never taken for anybody else; those that were claimed were given back.
  const [row] = await work.database.sql`
    select count(*)::int as found
    from pgboss.job
    where name = 'telegram.notify' and state < 'active' and retry_count = 0 and started_on is null
  `;
  expect(row?.["found"]).toBe(600 - SLOTS);
  expect(begun).toHaveLength(QUICK + SLOTS);
  expect(await work.database.sql`select job_id from job_claims`).toEqual([]);
});
