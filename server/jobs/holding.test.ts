import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type HeldJob, holdJobs, type LeftJobs } from "../../db/held_jobs.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { startWorkers, type Workers } from "./job_workers.ts";
import { type Handlers, type JobContext, QUEUE_NAMES } from "./queues.ts";

const log = pino({ level: "silent" });
const NOTHING: LeftJobs = { running: [], waiting: [] };
const QUEUE = "telegram.notify";
/** Longer than a process must have worked before it holds jobs. */
const SETTLING = 1_100; // ms
const WARMING = 60;

let work: TestWork;
let workers: Workers | null = null;

beforeAll(async () => {
  work = await createTestWork();
});

afterEach(async () => {
  await workers?.stop(5_000);
  workers = null;
});

afterAll(() => work.close());

beforeEach(async () => {
  await work.database.sql`delete from pgboss.job`;
});

async function add(first: number, count: number): Promise<void> {
  const jobs = Array.from({ length: count }, (_, index) => ({
    data: { telegramId: first + index },
    singletonKey: String(first + index),
  }));
  await work.board.boss.insert(QUEUE, jobs);
}

/** Every column of every job but those that a fetch writes. */
async function rows() {
  const found = await work.database.sql`
    select
      to_jsonb(job) - array['state', 'started_on', 'heartbeat_on', 'retry_count'] as row,
      state::text as state, retry_count as "retryCount", started_on is not null as "isStarted"
    from pgboss.job
    where name = ${QUEUE}
    order by data->'telegramId'
    limit 100
  `;
  return [...found];
}

const numberOf = ({ data }: HeldJob): unknown => ("telegramId" in data ? data.telegramId : null);

describe("jobs that a transaction holds", () => {
  const hold = (use: (jobs: readonly HeldJob[]) => Promise<LeftJobs>, limit = 10) =>
    holdJobs(work.database.sql, { queue: QUEUE, worker: 7, limit }, use);

  it("come by priority and age, and are passed by while they are held", async () => {
    await add(1, 1);
    await add(2, 1);
    await add(3, 1);
    await work.database.sql`update pgboss.job set priority = 1 where data->>'telegramId' = '3'`;
    const seen: unknown[] = [];
    await hold(async (jobs) => {
      seen.push(new Set(jobs.map(numberOf)));
      await hold(async (others) => {
        seen.push(new Set(others.map(numberOf)));
        return NOTHING;
      });
      return NOTHING;
    }, 2);
    expect(seen).toEqual([new Set([3, 1]), new Set([2])]);
    expect(await rows()).toEqual([]);
  });

  it("leave out what may not start yet", async () => {
    await work.board.boss.send(QUEUE, { telegramId: 1 }, { startAfter: 60 });
    let taken = -1;
    await hold(async (jobs) => {
      taken = jobs.length;
      return NOTHING;
    });
    expect(taken).toBe(0);
    expect(await rows()).toHaveLength(1);
  });

  it("wait again as if nobody had taken them, where they were not begun", async () => {
    await add(1, 2);
    await work.database.sql`
      update pgboss.job
      set state = 'retry', retry_count = 1, started_on = now(), output = '{"message": "«a», b"}'
      where data->>'telegramId' = '2'
    `;
    const before = await rows();
    await hold(async (waiting) => ({ running: [], waiting }));
    expect(await rows()).toEqual(before);
    expect(before.map(({ state }) => String(state))).toEqual(["created", "retry"]);
  });

  it("are claimed like any other where they still run, a second attempt as the second", async () => {
    await add(1, 2);
    await work.database.sql`
      update pgboss.job
      set state = 'retry', retry_count = 0, started_on = now()
      where data->>'telegramId' = '2'
    `;
    const before = await rows();
    let attempts: number[] = [];
    await hold(async (running) => {
      attempts = running.map(({ retryCount }) => retryCount);
      return { running, waiting: [] };
    });
    const after = await rows();
    expect(new Set(attempts)).toEqual(new Set([0, 1]));
    expect(after.map(({ row }) => row as unknown)).toEqual(before.map(({ row }) => row as unknown));
    expect(after).toMatchObject([
      { state: "active", retryCount: 0, isStarted: true },
      { state: "active", retryCount: 1, isStarted: true },
    ]);
    const claims = await work.database.sql`
      select queue, worker from job_claims where worker = 7 limit 10
    `;
    expect([...claims]).toEqual([
      { queue: QUEUE, worker: 7 },
      { queue: QUEUE, worker: 7 },
    ]);
    await work.database.sql`delete from job_claims where worker = 7`;
  });

  it("wait again when their connection is lost", async () => {
    await add(1, 3);
    const before = await rows();
    const holding = hold(async () => {
      await work.database.sql`
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where state = 'idle in transaction' and datname = current_database()
      `;
      await sleep(60_000, undefined, { ref: false });
      return NOTHING;
    });
    await expect(holding).rejects.toThrow(/terminat|lost|CLOSED/i);
    expect(await rows()).toEqual(before);
  });

  it("keep whoever adds one with the same key waiting, and nothing is lost", async () => {
    await add(1, 1);
    let isAdded = false;
    const addAgain = async () => {
      await add(1, 1);
      isAdded = true;
    };
    let adding = Promise.resolve();
    await hold(async () => {
      adding = addAgain();
      await sleep(100);
      expect(isAdded).toBe(false);
      return NOTHING;
    });
    await adding;
    expect(await rows()).toMatchObject([{ state: "created" }]);
  });
});

describe("a worker that has worked for a while", () => {
  let begun: number[] = [];

  /** Its jobs do what `act` does. */
  async function startSettled(
    act: (number: number, context: JobContext) => Promise<void>,
  ): Promise<void> {
    begun = [];
    const handlers = {
      ...Object.fromEntries(QUEUE_NAMES.map((queue) => [queue, async () => undefined])),
      [QUEUE]: async ({ telegramId }: { telegramId: number }, context: JobContext) => {
        begun.push(telegramId);
        if (telegramId > 0) await act(telegramId, context);
      },
    } as unknown as Handlers;
    workers = startWorkers({ sql: work.database.sql, board: work.board, handlers, log });
    // The first of them takes longer than the others.
    await add(-WARMING, WARMING + 1);
    await expect.poll(rows, { timeout: 20_000 }).toEqual([]);
    await sleep(SETTLING);
    await expect.poll(countClaims, { timeout: 20_000 }).toBe(0);
    begun = [];
  }

  async function countClaims(): Promise<number> {
    const [row] = await work.database.sql`select count(*)::int as found from job_claims`;
    return Number(row?.["found"]);
  }

  it("does quick jobs once each, and claims hardly any of them", async () => {
    let claims = 0;
    await startSettled(async (number) => {
      if (number % 50 === 0) claims = Math.max(claims, await countClaims());
    });
    await add(1, 2_000);
    await expect.poll(rows, { timeout: 20_000 }).toEqual([]);
    expect(begun).toHaveLength(2_000);
    expect(new Set(begun).size).toBe(2_000);
    // Those of one transaction that stalled with the machine.
    expect(claims).toBeLessThan(500);
  });

  it("lets a job that failed wait for its next attempt, with the reason", async () => {
    await startSettled(async (number) => {
      if (number === 5) throw new Error("not today");
    });
    await add(1, 10);
    await expect
      .poll(rows, { timeout: 20_000 })
      .toMatchObject([
        { state: "retry", retryCount: 0, row: { output: { message: "not today" } } },
      ]);
    expect(begun).toHaveLength(10);
    await expect.poll(countClaims, { timeout: 20_000 }).toBe(0);
  });

  it("claims a job that takes its time, and deletes it when it is done", async () => {
    const gate = Promise.withResolvers<void>();
    await startSettled((number) => (number === 5 ? gate.promise : Promise.resolve()));
    await add(1, 10);
    await expect.poll(rows, { timeout: 20_000 }).toMatchObject([{ state: "active" }]);
    expect(await countClaims()).toBe(1);
    gate.resolve();
    await expect.poll(rows, { timeout: 20_000 }).toEqual([]);
    await expect.poll(countClaims, { timeout: 20_000 }).toBe(0);
    expect(begun).toHaveLength(10);
  });

  it("leaves what it did not begin to others when it stops, and no attempt is lost", async () => {
    const gate = Promise.withResolvers<void>();
    await startSettled(() => gate.promise);
    await add(1, 100);
    await expect.poll(() => begun.length, { timeout: 20_000 }).toBe(40);
    const stopping = workers?.stop(5_000);
    await sleep(10);
    gate.resolve();
    await stopping;
    workers = null;
    const left = await rows();
    expect(left).toHaveLength(60);
    expect(left.filter(({ retryCount }) => retryCount !== 0)).toEqual([]);
    expect(left.filter(({ state }) => state !== "created" && state !== "retry")).toEqual([]);
    expect(begun).toHaveLength(40);
    expect(await countClaims()).toBe(0);
  });

  it("whose connections are cut does all of them, and what was under way hears of it", async () => {
    let isCut = false;
    const aborted: unknown[] = [];
    await startSettled(async (number, { signal }) => {
      if (number !== 7 || isCut) return;
      isCut = true;
      const abort = new Promise((resolve) => signal.addEventListener("abort", resolve));
      await work.database.sql`
        select pg_terminate_backend(pid)
        from pg_stat_activity
        where state = 'idle in transaction' and datname = current_database()
      `;
      await abort;
      aborted.push(number);
      signal.throwIfAborted();
    });
    await add(1, 30);
    await expect.poll(rows, { timeout: 20_000 }).toEqual([]);
    expect(aborted).toEqual([7]);
    expect(new Set(begun).size).toBe(30);
    expect(begun.filter((number) => number === 7)).toHaveLength(2);
  });
});
